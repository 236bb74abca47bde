//! Plain data as YAML, for files that need no positions. The only place that knows `serde_yaml`,
//! which is archived.

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

/// Plain data to be written, in the order in which it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Integer(i128),
    Flag(bool),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i128(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => serializer.collect_seq(items),
            Self::Record(fields) => {
                serializer.collect_map(fields.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

/// Writes plain data.
///
/// # Errors
///
/// When the data has no form in YAML, which plain data always has.
pub fn to_yaml(value: &Value) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|error| error.to_string())
}

/// Reads plain data.
///
/// # Errors
///
/// When the text is not YAML, or not of this type; the message says where.
pub fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}
