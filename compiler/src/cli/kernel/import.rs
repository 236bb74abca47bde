//! Makes a profile from the files of a kernel that is not running.

use std::path::{Path, PathBuf};

use super::{Error, read};
use crate::kernel::Profile;
use crate::kernel::image::Image;

/// A profile from `files`, of which the first to tell something wins, and from a configuration.
pub(super) fn import(
    files: &[PathBuf],
    config: Option<&Path>,
    name: &str,
) -> Result<Profile, Error> {
    let mut all = Image::default();
    for path in files {
        let found = Image::read(&read(path)?);
        all = all.or(found.map_err(|error| image(path, error))?);
    }
    if let Some(path) = config {
        all.configuration = Some(String::from_utf8_lossy(&read(path)?).into_owned());
    }
    let first = files.first().map_or(Path::new(""), PathBuf::as_path);
    profile(all, first, name)
}

/// A profile of raw BTF, named after its file.
pub(super) fn from_btf(bytes: &[u8], path: &Path) -> Result<Profile, Error> {
    let found = Image::read(bytes).map_err(|error| image(path, error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    profile(found, path, &stem)
}

fn profile(found: Image, path: &Path, name: &str) -> Result<Profile, Error> {
    let sources = found.sources(name.to_owned()).map_err(|error| image(path, error))?;
    let name = path.display().to_string();
    sources.profile().map_err(|error| Error::Profile { name, error })
}

fn image(path: &Path, error: crate::kernel::image::ImageError) -> Error {
    Error::Image { name: path.display().to_string(), error }
}
