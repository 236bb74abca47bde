//! The name of something that can be hooked, apart from any one kernel.

use std::fmt;

/// What a policy can hook in a kernel. Ordered by kind, then by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookName {
    /// A kernel function.
    Function(String),
    /// A system call, without prefix: `openat`.
    Syscall(String),
    /// An LSM hook, without prefix: `file_open`.
    Lsm(String),
    /// A trace event by the fields of its record: subsystem and event.
    Tracepoint(String, String),
    /// A tracepoint by what the kernel passes to it.
    RawTracepoint(String),
}

impl HookName {
    /// Its kind, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Function(_) => "function",
            Self::Syscall(_) => "system call",
            Self::Lsm(_) => "LSM hook",
            Self::Tracepoint(..) => "tracepoint",
            Self::RawTracepoint(_) => "raw tracepoint",
        }
    }

    /// Its name alone: `sched/sched_switch`, `openat`.
    pub fn name(&self) -> String {
        match self {
            Self::Function(name)
            | Self::Syscall(name)
            | Self::Lsm(name)
            | Self::RawTracepoint(name) => name.clone(),
            Self::Tracepoint(subsystem, event) => format!("{subsystem}/{event}"),
        }
    }

    /// What one of the things that it passes is called.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Function(_) | Self::Syscall(_) | Self::Lsm(_) => "parameter",
            Self::Tracepoint(..) => "field",
            Self::RawTracepoint(_) => "argument",
        }
    }
}

/// Kind and name: ``function `fd_install` ``.
impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind(), self.name())
    }
}
