//! The functions of running programs, from `/proc/PID/maps` and the files that are mapped there.
#![expect(clippy::disallowed_methods, reason = "the loader reads /proc and what is mapped")]

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;

use super::{Table, elf};

/// Where in a program an address is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file that is mapped there, or `[vdso]`; empty when there is none.
    pub module: String,
    /// The function; empty when it has no name.
    pub symbol: String,
    /// From the function's start, or from the start of the file.
    pub offset: u64,
}

/// Functions of files that programs have mapped, as far as they were asked for lately.
#[derive(Debug, Default)]
pub struct ProgramSymbols {
    files: VecDeque<(Identity, Table)>,
}

/// A file and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

/// Files and bytes of functions that are remembered.
const FILES_MAX: usize = 32;
const BYTES_MAX: usize = 8 << 20;

/// Bytes of a process's maps, and of a list of mounts, that are looked at.
const LIST_MAX: u64 = 1 << 20;

impl ProgramSymbols {
    /// Where in the process `pid` each of `addresses` is. A process that has ended has none.
    pub fn find(&mut self, pid: u32, addresses: &[u64]) -> Vec<Option<Place>> {
        let text = list(&format!("/proc/{pid}/maps"));
        let mappings: Vec<Mapping<'_>> = text.lines().filter_map(Mapping::parse).collect();
        let find = |address: &u64| {
            let mapping = mappings.iter().find(|one| (one.start..one.end).contains(address))?;
            Some(self.place(pid, mapping, *address))
        };
        addresses.iter().map(find).collect()
    }

    fn place(&mut self, pid: u32, mapping: &Mapping<'_>, address: u64) -> Place {
        let module = mapping.path.to_owned();
        let offset = address.saturating_sub(mapping.start).saturating_add(mapping.offset);
        if mapping.path.starts_with('/')
            && let Some(table) = self.table(pid, mapping)
            && let Some(found) = table.find(offset)
        {
            return Place { module, symbol: found.name.to_owned(), offset: found.offset };
        }
        Place { module, symbol: String::new(), offset }
    }

    /// The functions of the mapped file itself, whatever has its name now.
    fn table(&mut self, pid: u32, mapping: &Mapping<'_>) -> Option<&Table> {
        if !answers_at_once(pid, mapping.device) {
            return None;
        }
        let path = format!("/proc/{pid}/map_files/{:x}-{:x}", mapping.start, mapping.end);
        let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let identity = Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        };
        if let Some(known) = self.files.iter().position(|(one, _)| *one == identity) {
            return self.files.get(known).map(|(_, table)| table);
        }
        let table = elf::functions(&File::open(&path).ok()?);
        self.files.push_back((identity, table));
        while self.files.len() > FILES_MAX || self.bytes() > BYTES_MAX {
            self.files.pop_front();
        }
        self.files.back().filter(|(one, _)| *one == identity).map(|(_, table)| table)
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(|(_, table)| table.bytes()).sum()
    }
}

/// A line of a process's maps.
#[derive(Debug, PartialEq, Eq)]
struct Mapping<'a> {
    start: u64,
    end: u64,
    /// Where in the file it begins.
    offset: u64,
    device: &'a str,
    path: &'a str,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (range, rest) = line.split_once(' ')?;
        let (_permissions, rest) = rest.split_once(' ')?;
        let (offset, rest) = rest.split_once(' ')?;
        let (device, rest) = rest.split_once(' ')?;
        let path = rest.split_once(' ').map_or("", |(_inode, path)| path.trim_start());
        let (start, end) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        let (start, end, offset) = (number(start)?, number(end)?, number(offset)?);
        Some(Self { start, end, offset, device, path })
    }
}

/// Whether files on this device can be read without asking a program or another machine, which may
/// never answer. Where that is not known, they are not read.
fn answers_at_once(pid: u32, device: &str) -> bool {
    let Some(device) = decimal(device) else { return false };
    let lists = [format!("/proc/{pid}/mountinfo"), "/proc/self/mountinfo".to_owned()];
    let kind = lists.iter().find_map(|path| file_system(&list(path), &device).map(str::to_owned));
    kind.is_some_and(|kind| !asks_others(&kind))
}

/// `08:01` of maps is `8:1` in a list of mounts: the former is hexadecimal.
fn decimal(device: &str) -> Option<String> {
    let (major, minor) = device.split_once(':')?;
    let number = |text| u32::from_str_radix(text, 16).ok();
    Some(format!("{}:{}", number(major)?, number(minor)?))
}

/// The kind of file system that a list of mounts has for a device.
fn file_system<'a>(mounts: &'a str, device: &str) -> Option<&'a str> {
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(device))?;
    line.split_once(" - ")?.1.split(' ').next()
}

fn asks_others(kind: &str) -> bool {
    ["fuse", "nfs", "cifs", "smb", "9p", "ceph", "afs", "virtiofs", "autofs"]
        .iter()
        .any(|one| kind.starts_with(one))
}

fn list(path: &str) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What was read before an error is as good as what a shorter list would be.
        let _ = file.take(LIST_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_this_process_is_found() {
        let here = a_function_of_this_process_is_found as fn() as usize as u64;
        let places = ProgramSymbols::default().find(std::process::id(), &[here, here + 1, 0]);
        let [Some(first), Some(second), None] = places.as_slice() else { panic!("{places:?}") };
        assert!(first.symbol.contains("a_function_of_this_process_is_found"), "{first:?}");
        assert_eq!((first.offset, second.offset), (0, 1));
        assert!(first.module.starts_with('/'), "{first:?}");
    }

    #[test]
    fn a_line_of_maps_is_read_with_the_spaces_of_its_path() {
        let line = "7f00-8a00 r-xp 00002000 fd:01 42                 /opt/a b/c (deleted)";
        let path = "/opt/a b/c (deleted)";
        let expected =
            Mapping { start: 0x7f00, end: 0x8a00, offset: 0x2000, device: "fd:01", path };
        assert_eq!(Mapping::parse(line), Some(expected));
        assert_eq!(Mapping::parse("7f00-8a00 rw-p 00000000 00:00 0").unwrap().path, "");
        for damaged in ["", "x", "7f00 r", "zz-yy r-xp 0 0:0 0"] {
            assert_eq!(Mapping::parse(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn files_that_a_program_serves_are_not_read() {
        let mounts = "36 35 8:1 / / rw,noatime shared:1 - ext4 /dev/sda1 rw
40 36 0:52 / /evil rw - fuse.evil evil rw
";
        let device = decimal("00:34").unwrap();
        assert_eq!(file_system(mounts, &device), Some("fuse.evil"));
        assert!(asks_others("fuse.evil") && !asks_others("ext4"));
        assert_eq!(file_system(mounts, &decimal("08:01").unwrap()), Some("ext4"));
        assert_eq!(file_system(mounts, "9:9"), None);
    }
}
