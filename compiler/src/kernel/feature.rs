//! What a kernel may or may not be able to do, and whether this one is.

use std::fmt;

use super::answer::Answer;
use super::profile::Profile;

/// Something that a bundle may need of its kernel. Displayed as a manifest names it, such as
/// `helper:bpf_ringbuf_output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature<'a> {
    /// A BPF helper: `bpf_ringbuf_output`. Shown by `enum bpf_func_id`.
    Helper(&'a str),
    /// A program type, named as `enum bpf_prog_type` does without `BPF_PROG_TYPE_`, lower case:
    /// `kprobe`, `lsm`, `raw_tracepoint`, `tracing`.
    ProgramType(&'a str),
    /// A map type, named as `enum bpf_map_type` does without `BPF_MAP_TYPE_`, lower case: `ringbuf`.
    MapType(&'a str),
    /// An attach type, named as `enum bpf_attach_type` does without `BPF_`, lower case:
    /// `trace_fentry`, `lsm_mac`, `trace_kprobe_multi`.
    AttachType(&'a str),
    /// A link type, named as `enum bpf_link_type` does without `BPF_LINK_TYPE_`, lower case.
    LinkType(&'a str),
    /// A configuration option that must be `y` or `m`: `CONFIG_BPF_LSM`.
    Config(&'a str),
    /// An LSM that must be in the active list: `bpf`.
    LsmActive(&'a str),
    /// A kernel function that BTF describes.
    Function(&'a str),
    /// fentry on a function.
    Fentry(&'a str),
    /// fexit on a function.
    Fexit(&'a str),
    /// fmod_ret on a function.
    FmodRet(&'a str),
    /// A kprobe or kretprobe on a function.
    Kprobe(&'a str),
    /// An LSM program on a hook (without prefix), which is then also asked.
    Lsm(&'a str),
    /// Sleepable LSM programs.
    LsmSleepable,
    /// One kprobe program on many functions.
    KprobeMulti,
    /// One uprobe program in many places.
    UprobeMulti,
    /// `bpf_override_return` on a function, from a kprobe.
    KprobeOverride(&'a str),
    /// A trace event, attached by its number in tracefs: subsystem and event.
    Tracepoint(&'a str, &'a str),
    /// A raw tracepoint by name.
    RawTracepoint(&'a str),
    /// The ring buffer, map and helpers.
    RingBuffer,
    /// Atomic operations that fetch, exchange or compare; before 5.12 there is only atomic add.
    AtomicFetch,
    /// `bpf_get_current_task_btf`.
    CurrentTaskBtf,
    /// `bpf_d_path` in LSM programs. In fentry a list of functions is allowed, `security_file_open`
    /// among them.
    PathHelperInLsm,
}

impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Helper(name) => write!(f, "helper:{name}"),
            Self::ProgramType(name) => write!(f, "program:{name}"),
            Self::MapType(name) => write!(f, "map:{name}"),
            Self::AttachType(name) => write!(f, "attach:{name}"),
            Self::LinkType(name) => write!(f, "link:{name}"),
            Self::Config(name) => write!(f, "config:{name}"),
            Self::LsmActive(name) => write!(f, "lsm-active:{name}"),
            Self::Function(name) => write!(f, "function:{name}"),
            Self::Fentry(name) => write!(f, "fentry:{name}"),
            Self::Fexit(name) => write!(f, "fexit:{name}"),
            Self::FmodRet(name) => write!(f, "fmod-ret:{name}"),
            Self::Kprobe(name) => write!(f, "kprobe:{name}"),
            Self::Lsm(name) => write!(f, "lsm:{name}"),
            Self::LsmSleepable => write!(f, "lsm-sleepable"),
            Self::KprobeMulti => write!(f, "kprobe-multi"),
            Self::UprobeMulti => write!(f, "uprobe-multi"),
            Self::KprobeOverride(name) => write!(f, "kprobe-override:{name}"),
            Self::Tracepoint(subsystem, event) => write!(f, "tracepoint:{subsystem}/{event}"),
            Self::RawTracepoint(name) => write!(f, "raw-tracepoint:{name}"),
            Self::RingBuffer => write!(f, "ring-buffer"),
            Self::AtomicFetch => write!(f, "atomic-fetch"),
            Self::CurrentTaskBtf => write!(f, "current-task-btf"),
            Self::PathHelperInLsm => write!(f, "path-helper-in-lsm"),
        }
    }
}

impl Profile {
    /// Whether this kernel has a feature, and how that is known.
    pub fn has(&self, feature: Feature<'_>) -> Answer {
        Answer::unknown(format!("nothing was asked about `{feature}`"))
    }
}
