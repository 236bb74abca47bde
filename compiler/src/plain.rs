//! Plain data as YAML, for files that need no positions. The only place that knows `serde_yaml`,
//! which is archived; it only reads.

mod print;

pub use print::print;

use serde::de::DeserializeOwned;

/// Plain data to be written, in the order in which it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Integer(i128),
    Flag(bool),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
}

/// Reads plain data.
///
/// # Errors
///
/// When the text is not YAML, or not of this type; the message says where.
pub fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}
