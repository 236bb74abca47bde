//! What happens at a hook, as far as a program can see it.

use std::collections::BTreeMap;

use writ_bundle::{Mode, Workload};

use crate::policy::{CapabilitySet, NamespaceKind};
use crate::resolved::FileType;

/// One hit of a hook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// By [`crate::ir::Value::item`]. One that is missing cannot be read.
    pub values: BTreeMap<u16, Raw>,
    /// The types of files, by [`crate::ir::Value::item`]. One that is missing cannot be found out.
    pub file_types: BTreeMap<u16, FileType>,
    pub process: Process,
    /// Where a program that is attached in several places was hit.
    pub cookie: u16,
    /// The number of the system call that is entered, with [`writ_bundle::SYSCALL_32_BIT`] when it is
    /// made as 32-bit programs do.
    pub call: u32,
    /// Where on the stack the hooked call began.
    pub frame: u64,
    /// Inode numbers of the calling process's namespaces; one that is missing is unknown, as when
    /// a process is about to end.
    pub namespaces: BTreeMap<NamespaceKind, u32>,
    /// The calling thread's capabilities, a bit each; a set that is missing is empty.
    pub capabilities: BTreeMap<CapabilitySet, u64>,
    /// Inode numbers of the host's namespaces.
    pub host_namespaces: BTreeMap<NamespaceKind, u32>,
    /// Nanoseconds since boot.
    pub time: u64,
    /// By index of the policy, when somebody switched it; else the policy's own mode holds.
    pub modes: BTreeMap<u32, Mode>,
}

/// A value as the kernel hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// The 64 bits, of which [`crate::resolved::Reader::Integer`] takes as many as it wants; of a set
    /// of capabilities, the set.
    Bits(u64),
    /// The address of a Unix socket; of another family, the path is empty.
    UnixAddress { family: u16, path: Vec<u8> },
    /// The payload of a structure, as [`writ_bundle::record`] lays it out.
    Structure(Vec<u8>),
    /// The bytes of a text, without a trailing zero.
    Text(Vec<u8>),
    /// What was kept of a text that is too long: its first part, or its last if it is a path.
    Truncated(Vec<u8>),
    /// The memory cannot be read.
    Unreadable,
    /// There is no text: a pipe, a socket or an anonymous file has no path.
    Absent,
}

/// The calling process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    /// Thread group id in the host's PID namespace.
    pub pid: u32,
    /// Thread id in the host's PID namespace.
    pub tid: u32,
    /// Thread group id in the process's own PID namespace.
    pub namespace_pid: u32,
    /// `None` when it was never tracked.
    pub known: Option<KnownProcess>,
    /// Its container; `None` when it is in none that is known.
    pub workload: Option<Workload>,
}

/// What process tracking found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownProcess {
    /// Resolved path of the executable; empty when it could not be read.
    pub executable: Vec<u8>,
    /// Bit `n`: it is in [`crate::ir::Module::follow_sets`] `n`, or descends from one that is.
    pub descends: u64,
    /// What it executed before, and what its ancestors executed before they forked it or the one of
    /// them that did.
    pub line: Vec<Vec<u8>>,
    /// Who forked it; `None` when that was not seen.
    pub parent: Option<Parent>,
    /// What it was when it was forked or last executed a program.
    pub started: Started,
}

/// A parent as it was when it forked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parent {
    /// As [`KnownProcess::executable`].
    pub executable: Vec<u8>,
    /// As [`KnownProcess::line`].
    pub line: Vec<Vec<u8>>,
}

/// What changes are changes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Started {
    /// As [`Event::namespaces`].
    pub namespaces: BTreeMap<NamespaceKind, u32>,
    /// As [`Event::capabilities`].
    pub capabilities: BTreeMap<CapabilitySet, u64>,
}
