//! Plain data as YAML, for files that need no positions. The only place that knows `serde_yaml`,
//! which is archived.

use serde::de::DeserializeOwned;

/// Reads plain data.
///
/// # Errors
///
/// When the text is not YAML, or not of this type; the message says where.
pub fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}
