//! Places in programs and libraries, as a manifest names them. Where they are in a file is for the
//! loader to find out, since the file is only on the node.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file that user space executes or maps as a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserFile {
    /// Absolute, as the loader sees it.
    pub path: String,
    /// `sha256:<hex>` and so on; the file must have one of them. Empty: any file will do.
    pub digests: Vec<String>,
    /// Whether a file that is missing, another one, or without what is hooked is passed over.
    pub optional: bool,
}

/// A place in a [`UserFile`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserPlace {
    pub point: UserPoint,
    /// Offset in the file of the counter that says whether the place is watched (a semaphore).
    pub reference_counter: Option<u64>,
}

/// How a place is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserPoint {
    /// Bytes from where a function begins.
    Symbol { name: String, offset: u64 },
    /// Bytes from where the file begins.
    Offset(u64),
    /// An address as the file's program headers count it.
    Address(u64),
}

/// `/bin/bash`, and when it must be one of several builds `/bin/bash (sha256:…)`.
impl fmt::Display for UserFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match self.digests.as_slice() {
            [] => Ok(()),
            digests => write!(f, " ({})", digests.join(", ")),
        }
    }
}

/// `main`, `main+0x10`, `offset 0x1200`, `address 0x401200`.
impl fmt::Display for UserPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.point)?;
        match self.reference_counter {
            Some(counter) => write!(f, " counted at {counter:#x}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for UserPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symbol { name, offset: 0 } => f.write_str(name),
            Self::Symbol { name, offset } => write!(f, "{name}+{offset:#x}"),
            Self::Offset(offset) => write!(f, "offset {offset:#x}"),
            Self::Address(address) => write!(f, "address {address:#x}"),
        }
    }
}

impl UserPlace {
    /// Several places in one line.
    pub fn list(places: &[Self]) -> String {
        places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}
