//! The identity that a linker gave to a program or library.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;

use object::read::{File, Object as _, ReadCache};

/// Larger files are no programs.
const BYTES_MAX: u64 = 1 << 32;

/// The build id of the file that a process sees at `path`; empty when it has none, when it cannot be
/// read, and when the process has ended: then nothing tells which file the path meant.
pub(crate) fn of_file(pid: u32, path: &str) -> Vec<u8> {
    read(&format!("/proc/{pid}/root{path}")).unwrap_or_default()
}

fn read(path: &str) -> Option<Vec<u8>> {
    // The path is resolved already, and whatever took its place must not block.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > BYTES_MAX {
        return None;
    }
    let cache = ReadCache::new(file);
    let elf = File::parse(&cache).ok()?;
    elf.build_id().ok().flatten().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_program_has_no_build_id() {
        let pid = std::process::id();
        assert!(of_file(pid, "/proc/self/status").is_empty());
        assert!(of_file(pid, "/no/such/file").is_empty());
    }
}
