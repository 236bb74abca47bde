//! Which processes run already, from `/proc`.
#![expect(clippy::disallowed_methods, reason = "the loader reads /proc")]

mod kept;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::ffi::OsStringExt as _;

use writ_bundle::record::process;
use writ_bundle::{FollowSet, Manifest};

use crate::clock::Clock;
use crate::container::container_id;
use crate::events::join_arguments;
use crate::process_cache::{Flag, Key, Process, Program};
use crate::system::ticks_per_second;

pub use kept::{baseline_value, lineage_value};

/// A process that was running when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub process: Process,
    /// Resolved path of the executable as the programs would read it; empty for kernel threads.
    pub executable: Vec<u8>,
    /// Its PID in its own PID namespace.
    pub namespace_pid: u32,
}

/// Bytes of a `cmdline` that are looked at: what one exec record carries.
const ARGUMENTS_MAX: u64 = 4_095;

/// All processes, by PID. Those that end meanwhile are left out.
pub fn scan(clock: Clock) -> BTreeMap<u32, Found> {
    let Ok(directory) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let mut found: BTreeMap<u32, Found> = directory
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, find(pid, clock)?)))
        .collect();
    let starts: BTreeMap<u32, u64> =
        found.iter().map(|(pid, one)| (*pid, one.process.key.start)).collect();
    for one in found.values_mut() {
        let parent = &mut one.process.parent;
        parent.start = starts.get(&parent.pid).copied().unwrap_or(parent.start);
    }
    found
}

/// One process; `None` when there is none with this PID. Its parent's start is not known here,
/// except for the kernel's.
pub fn find(pid: u32, clock: Clock) -> Option<Found> {
    let stat = Stat::parse(&text(&format!("/proc/{pid}/stat"))?, clock)?;
    let status = text(&format!("/proc/{pid}/status"))?;
    let link = |name: &str| {
        let target = fs::read_link(format!("/proc/{pid}/{name}")).ok()?;
        Some(target.into_os_string().into_vec())
    };
    let executable = link("exe").map(without_deleted).unwrap_or_default();
    let directory = link("cwd").map(|path| String::from_utf8_lossy(&path).into_owned());
    let mut flags = vec![Flag::ProcFs];
    flags.extend(match directory.as_deref() {
        Some("/") => Some(Flag::RootDirectory),
        Some(_) => None,
        None => Some(Flag::DirectoryUnreadable),
    });
    let binary = match executable.as_slice() {
        [] => stat.command,
        path => String::from_utf8_lossy(path).into_owned(),
    };
    let program = Program {
        binary,
        arguments: join_arguments(&arguments(pid)),
        directory: directory.unwrap_or_default(),
        user: status_number(&status, "Uid:", 1).unwrap_or(0),
        audit_user: number_in(&format!("/proc/{pid}/loginuid")).unwrap_or(u32::MAX),
        container: container(pid),
        pod: None,
    };
    let parent = if stat.parent == 0 { Key::KERNEL } else { Key { pid: stat.parent, start: 0 } };
    let process =
        Process { key: Key { pid, start: stat.start }, parent, program: Some(program), flags };
    let namespace_pid = last_status_number(&status, "NSpid:").unwrap_or(pid);
    Some(Found { process, executable, namespace_pid })
}

/// Whether a process with this PID is there.
pub fn exists(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

/// The value that the programs keep of this process: [`writ_bundle::record::process`].
pub fn map_value(
    found: &Found,
    all: &BTreeMap<u32, Found>,
    manifest: &Manifest,
) -> [u8; process::SIZE] {
    let mut value = [0; process::SIZE];
    let parent = found.process.parent;
    put(&mut value, process::START, &found.process.key.start.to_le_bytes());
    put(&mut value, process::PARENT_START, &parent.start.to_le_bytes());
    put(&mut value, process::PARENT, &parent.pid.to_le_bytes());
    put(&mut value, process::NAMESPACE_PID, &found.namespace_pid.to_le_bytes());
    put(&mut value, process::BINARY_SETS, &binary_sets(&found.executable, manifest));
    put(&mut value, process::DESCENDS, &descends(found, all, manifest).to_le_bytes());
    value
}

fn put(value: &mut [u8], offset: usize, bytes: &[u8]) {
    for (to, from) in value.iter_mut().skip(offset).zip(bytes) {
        *to = *from;
    }
}

/// Bit `n` of byte `n / 8`, which is bit `n % 64` of the little-endian word `n / 64`.
type Sets = [u8; process::BINARY_SETS_MAX / 8];

fn binary_sets(executable: &[u8], manifest: &Manifest) -> Sets {
    let mut bits = Sets::default();
    if executable.is_empty() {
        return bits;
    }
    for (number, set) in manifest.binary_sets.iter().enumerate() {
        if let Some(byte) = bits.get_mut(number / 8).filter(|_| set.contains(executable)) {
            *byte |= 1 << (number % 8);
        }
    }
    bits
}

/// The follow sets that the process or one of its ancestors is a member of.
fn descends(found: &Found, all: &BTreeMap<u32, Found>, manifest: &Manifest) -> u64 {
    let mut bits = 0;
    let mut current = Some(found);
    // Parents in `/proc` can form no cycle, but the two ends of one may be read at different times.
    for _ in 0..=all.len() {
        let Some(one) = current else { break };
        bits |= member(one, &manifest.follow_sets);
        current = all.get(&one.process.parent.pid);
    }
    bits
}

fn member(found: &Found, sets: &[FollowSet]) -> u64 {
    let is_in = |set: &FollowSet| {
        let pid = if set.namespace { found.namespace_pid } else { found.process.key.pid };
        set.pids.contains(&pid)
    };
    let numbered = sets.iter().take(process::FOLLOW_SETS_MAX).enumerate();
    numbered.filter(|(_, set)| is_in(set)).fold(0, |bits, (number, _)| bits | 1 << number)
}

/// What is used of `/proc/PID/stat`.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    command: String,
    parent: u32,
    /// Nanoseconds of `CLOCK_MONOTONIC`, rounded to a clock tick and down to
    /// [`process::START_GRAIN`].
    start: u64,
}

impl Stat {
    /// The command's name stands in parentheses and can hold any of them: `proc(5)`.
    fn parse(text: &str, clock: Clock) -> Option<Self> {
        let (_, rest) = text.split_once('(')?;
        let (command, rest) = rest.rsplit_once(')')?;
        // `rest` begins with the third field; the parent is the fourth, the start the 22nd.
        let mut fields = rest.split_ascii_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let ticks: u64 = fields.nth(17)?.parse().ok()?;
        let boot = ticks.saturating_mul(1_000_000_000 / ticks_per_second());
        // 0 means that the start is not known.
        let start = boot.saturating_sub(clock.suspended);
        let start = (start - start % process::START_GRAIN).max(1);
        Some(Self { command: command.to_owned(), parent, start })
    }
}

fn arguments(pid: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(format!("/proc/{pid}/cmdline")) {
        let _ = file.take(ARGUMENTS_MAX).read_to_end(&mut bytes);
    }
    bytes
}

/// `/proc` marks an executable that was unlinked; the programs don't.
fn without_deleted(mut path: Vec<u8>) -> Vec<u8> {
    if let Some(length) = path.strip_suffix(b" (deleted)").map(<[u8]>::len) {
        path.truncate(length);
    }
    path
}

fn container(pid: u32) -> String {
    let text = text(&format!("/proc/{pid}/cgroup")).unwrap_or_default();
    // A container may have made cgroups below its own.
    let names = text.lines().flat_map(|line| line.rsplit('/'));
    names.map(container_id).find(|id| !id.is_empty()).unwrap_or_default()
}

fn number_in(path: &str) -> Option<u32> {
    text(path)?.trim().parse().ok()
}

/// A file of `/proc`. Names that processes and cgroups give themselves need not be UTF-8, and nobody
/// may go unseen by such a name.
fn text(path: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&fs::read(path).ok()?).into_owned())
}

fn status_line<'a>(status: &'a str, name: &str) -> Option<std::str::SplitAsciiWhitespace<'a>> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_ascii_whitespace())
}

fn status_number(status: &str, name: &str, index: usize) -> Option<u32> {
    status_line(status, name)?.nth(index)?.parse().ok()
}

fn last_status_number(status: &str, name: &str) -> Option<u32> {
    status_line(status, name)?.next_back()?.parse().ok()
}

/// Inode numbers of the host's namespaces, in the order of [`writ_bundle::record::NAMESPACES`]; 0
/// for a kind that the kernel does not have.
pub fn host_namespaces() -> [u32; 10] {
    writ_bundle::record::NAMESPACES.map(|kind| namespace_inode(1, kind).unwrap_or(0))
}

fn namespace_inode(pid: u32, kind: &str) -> Option<u32> {
    let target = fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok()?;
    namespace_number(&target.to_string_lossy())
}

/// The inode number in `mnt:[4026531841]`.
fn namespace_number(link: &str) -> Option<u32> {
    link.split_once('[')?.1.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests;
