//! The ways in which a hook can be attached, as a user names them to force one.

/// A way to attach a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// fentry, and fexit for the return value.
    Fentry,
    /// A kprobe, and a kretprobe for the return value.
    Kprobe,
    /// One link of kprobes on all functions.
    KprobeMulti,
    /// A program that replaces what a function returns.
    FmodRet,
    /// A BPF LSM program.
    Lsm,
    /// A tracepoint by its record.
    Tracepoint,
    /// A tracepoint by its typed arguments.
    BtfTracepoint,
    /// A tracepoint by its untyped arguments.
    RawTracepoint,
    /// A probe in a program.
    Uprobe,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::Fentry,
        Self::Kprobe,
        Self::KprobeMulti,
        Self::FmodRet,
        Self::Lsm,
        Self::Tracepoint,
        Self::BtfTracepoint,
        Self::RawTracepoint,
        Self::Uprobe,
    ];

    /// The way with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// What it is called on the command line: as libbpf calls sections.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fentry => "fentry",
            Self::Kprobe => "kprobe",
            Self::KprobeMulti => "kprobe.multi",
            Self::FmodRet => "fmod_ret",
            Self::Lsm => "lsm",
            Self::Tracepoint => "tracepoint",
            Self::BtfTracepoint => "tp_btf",
            Self::RawTracepoint => "raw_tp",
            Self::Uprobe => "uprobe",
        }
    }
}
