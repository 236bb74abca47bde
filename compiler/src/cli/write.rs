//! Writes files so that nobody ever sees half of one.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Failure;

/// Writes a whole file: under another name in the same directory first, which then takes the place
/// of the old one and keeps its permissions. What is no regular file, as `/dev/stdout`, is written
/// to directly.
///
/// # Errors
///
/// When the file cannot be written; then what was there is still there.
pub(super) fn whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes).map_err(|error| Failure::file("cannot write", path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A symbolic link stays one.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return fs::write(path, bytes);
    }
    let new = beside(path);
    let written =
        fs::OpenOptions::new().write(true).create_new(true).open(&new).and_then(|mut file| {
            file.write_all(bytes)?;
            if let Some(old) = old {
                file.set_permissions(old.permissions())?;
            }
            file.sync_all()?;
            fs::rename(&new, path)
        });
    if written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
        // The first error is the one to tell.
        let _ = fs::remove_file(&new);
    }
    written
}

/// A name that nobody else uses: hidden, with this process's number.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.writ-{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> PathBuf {
        let directory =
            std::env::temp_dir().join(format!("writ-write-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn a_link_stays_a_link_and_nothing_else_is_left() {
        let directory = directory("link");
        let (file, link) = (directory.join("file"), directory.join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        whole(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
    }

    #[test]
    fn permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = directory("mode").join("file");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        whole(&file, b"new").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_directory_that_is_not_there_is_a_failure() {
        let file = directory("absent").join("none/file");
        assert!(matches!(whole(&file, b"new"), Err(Failure::Environment { .. })));
    }
}
