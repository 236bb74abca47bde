//! The profiles that come with Writ.

use std::sync::OnceLock;

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

/// The embedded profile of that name, read once in the life of the program; `None` when there is
/// none.
pub fn shared(name: &str) -> Option<&'static Profile> {
    static READ: [OnceLock<Option<Profile>>; PROFILES.len()] =
        [const { OnceLock::new() }; PROFILES.len()];
    let place = PROFILES.iter().position(|(found, _)| *found == name)?;
    let read = || profile(name).and_then(Result::ok);
    READ.get(place)?.get_or_init(read).as_ref()
}
