//! The profiles that come with Writ.

use super::profile::{Profile, ProfileError};

/// Name and file of each embedded profile, oldest kernel first.
const PROFILES: &[(&str, &[u8])] = &[];

/// Names of the embedded profiles, oldest kernel first.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(name, _)| *name)
}

/// The embedded profile of that name; `None` when there is none.
///
/// # Errors
///
/// Never, unless the build embedded a damaged file.
pub fn profile(name: &str) -> Option<Result<Profile, ProfileError>> {
    let (_, bytes) = PROFILES.iter().find(|(found, _)| *found == name)?;
    Some(Profile::read(bytes))
}
