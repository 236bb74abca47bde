//! The profiles that come with Writ.

use super::profile::{Profile, ProfileError};

/// Name and file of each embedded profile, oldest kernel first.
const PROFILES: &[(&str, &[u8])] = &[
    ("5.10", include_bytes!("../../kernels/5.10.wprofile")),
    ("6.1", include_bytes!("../../kernels/6.1.wprofile")),
    ("6.12", include_bytes!("../../kernels/6.12.wprofile")),
    ("7.2", include_bytes!("../../kernels/7.2.wprofile")),
];

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
