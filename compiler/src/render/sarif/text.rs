//! Texts as SARIF wants them: messages without accidental links and placeholders, paths as URIs.

use std::fmt::Write as _;

/// A path as a URI.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Uri {
    /// To be taken from the root of the sources.
    Relative(String),
    /// With its scheme.
    Absolute(String),
}

/// `text` with what has a meaning in messages taken literally: `{0}` would be a placeholder, and
/// `[text](1)` a link (SARIF 2.1.0, 3.11.5 and 3.11.6).
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text }
}

/// The URI of a file as the command line names it. Bytes that a URI cannot hold are escaped.
pub(super) fn uri(name: &str) -> Uri {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    let mut uri = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            // Writing to a string does not fail.
            other => drop(write!(uri, "%{other:02X}")),
        }
    }
    if name.starts_with('/') { Uri::Absolute(format!("file://{uri}")) } else { Uri::Relative(uri) }
}
