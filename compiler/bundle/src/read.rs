//! Takes the manifest out of a bundle.

use object::read::{Object as _, ObjectSection as _};

use crate::{FORMAT, Manifest, SECTION};

/// Why bytes are not a bundle.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("not an ELF object: {0}")]
    NotElf(object::Error),
    #[error("an ELF object, but not made by writ: it has no section `{SECTION}`")]
    Foreign,
    #[error("the section `{SECTION}` is damaged: {0}")]
    Damaged(String),
    #[error(
        "the bundle's format is {found}, and this program reads up to {FORMAT}: \
         use a newer writ-loader"
    )]
    TooNew { found: u32 },
}

/// Reads the manifest of the bundle in `bytes`.
///
/// # Errors
///
/// When `bytes` are not an ELF object, have no section `.writ`, or hold a manifest that is damaged
/// or newer than [`FORMAT`].
pub fn read(bytes: &[u8]) -> Result<Manifest, ReadError> {
    let file = object::File::parse(bytes).map_err(ReadError::NotElf)?;
    let section = file.section_by_name(SECTION).ok_or(ReadError::Foreign)?;
    let text = section.data().map_err(|error| ReadError::Damaged(error.to_string()))?;
    // The version first: a newer format may have other fields.
    let version: Version =
        serde_json::from_slice(text).map_err(|error| ReadError::Damaged(error.to_string()))?;
    if version.format > FORMAT {
        return Err(ReadError::TooNew { found: version.format });
    }
    serde_json::from_slice(text).map_err(|error| ReadError::Damaged(error.to_string()))
}

#[derive(serde::Deserialize)]
struct Version {
    format: u32,
}
