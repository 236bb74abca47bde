//! What a bundle says about itself: the JSON in its section `.writ`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

mod user_probe;
mod workload;

pub use user_probe::{UserFile, UserPlace, UserPoint};
pub use workload::{
    ContainerSet, LabelOperator, LabelRule, LabelSelector, Labels, Workload, WorkloadSet,
};

/// Everything about a bundle that is not machine code.
///
/// It holds no timestamp, no host name and no absolute path: the same policies, profile and
/// compiler give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`crate::FORMAT`] of the compiler that wrote it.
    pub format: u32,
    /// `writ <version>`.
    pub compiler: String,
    /// The kernel it was compiled for.
    pub kernel: Kernel,
    /// Kernel features without which it must not be attached, ordered by name.
    pub requires: Vec<Requirement>,
    /// The policies, in the order in which their modes stand in the global [`globals::MODES`].
    pub policies: Vec<Policy>,
    /// The hooks of all policies. An event names its hook by the index in this list.
    pub hooks: Vec<Hook>,
    /// What is attached, in the order in which it must be attached.
    pub programs: Vec<Program>,
    /// Contents of maps that the loader writes before it attaches anything.
    pub images: Vec<MapImage>,
    /// Sets of paths that the exec program tests each new binary against. Set `n` is bit `n % 64`
    /// of word `n / 64` of [`crate::record::process::BINARY_SETS`].
    pub binary_sets: Vec<TextSet>,
    /// Sets of processes whose descendants are matched too (`followForks`). Set `n` is bit `n` of
    /// [`crate::record::process::DESCENDS`].
    pub follow_sets: Vec<FollowSet>,
    /// Sets of workloads that policies are for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workload_sets: Vec<WorkloadSet>,
    /// Names of the policy files, to which [`SourceRange::source`] is an index.
    pub sources: Vec<Source>,
}

/// The kernel that a bundle was compiled for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// The profile's name, such as `6.1`.
    pub name: String,
    /// `uname -r` of the kernel that the profile was made from, when it is known.
    pub release: Option<String>,
    /// `sha256:<hex>` of the profile's raw BTF, the same bytes as `/sys/kernel/btf/vmlinux`.
    pub btf_digest: String,
    /// `x86_64`.
    pub architecture: String,
}

/// A kernel feature that a program of the bundle cannot do without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Requirement {
    /// The feature's name, such as `helper:bpf_ringbuf_output`, `program:lsm`, `attach:fentry`,
    /// `map:ringbuf`, `lsm-active:bpf` or `function:security_file_open`.
    pub feature: String,
    /// What the profile said: `present`, or `unknown` when nothing told.
    pub evidence: Evidence,
    /// Where in the policies the need arises, when it arises there.
    pub at: Option<SourceRange>,
}

/// How sure the compiler was that a required feature is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The profile shows it.
    Present,
    /// The profile does not tell; the loader must find out.
    Unknown,
}

/// A policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The name as given on the command line; never made absolute.
    pub name: String,
    /// `sha256:<hex>` of its bytes.
    pub digest: String,
}

/// A place in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceRange {
    /// Index into [`Manifest::sources`].
    pub source: u32,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

/// One policy of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub name: String,
    /// Only for `TracingPolicyNamespaced`.
    pub namespace: Option<String>,
    /// What the mode is before anybody switches it.
    pub mode: Mode,
    /// Index into [`Manifest::workload_sets`], unless it is for every process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workloads: Option<u32>,
    /// The labels of the nodes that it is for; on others it stays disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<LabelSelector>,
    pub at: SourceRange,
}

/// Whether a policy acts. The value is the policy's byte in [`globals::MODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Mode {
    /// Signals are sent and calls are denied.
    Enforce = 0,
    /// Events are reported; nothing is enforced.
    Monitor = 1,
    /// Nothing is asked, reported or enforced when a hook is hit. Only a loader switches it to this.
    Disabled = 2,
}

impl Mode {
    /// As policies, commands and events name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Monitor => "monitor",
            Self::Disabled => "disabled",
        }
    }
}

/// One hook of one policy, in the policy's own words: what an event of it is called and holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Index into [`Manifest::policies`].
    pub policy: u32,
    pub kind: HookKind,
    /// The further functions of a hook on a list: `kind` names the first. The nth of them is the
    /// function n + 1 of [`crate::record::header::FUNCTION`]. A place in a program that has no name
    /// is its number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_functions: Vec<String>,
    /// The policy's `message`.
    pub message: Option<String>,
    pub tags: Vec<String>,
    /// Arguments that an event shows, in the order in which the policy lists them.
    pub arguments: Vec<Argument>,
    /// What an event shows of the calling task or the registers, in the policy's order (`data`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Argument>,
    /// The return value, when the policy asks for it. Such a hook sends two records a call.
    pub return_argument: Option<Argument>,
    pub selectors: Vec<Selector>,
    pub at: SourceRange,
}

/// The hook as the policy names it. It decides the event's type, however it was attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum HookKind {
    /// `process_kprobe`; `function` as Tetragon prints it, such as `__x64_sys_setns`.
    Kprobe { function: String },
    /// `process_lsm`; without `bpf_lsm_`.
    Lsm { hook: String },
    /// `process_loader`: a file is mapped to be executed. Its only argument that is shown is the
    /// first, the file.
    Loader,
    /// `process_tracepoint`.
    Tracepoint { subsystem: String, event: String },
    /// `process_uprobe`. `symbol` is as the policy writes it, `main+0x10`, and empty where it names
    /// an offset or an address, which is `offset` then. `reference_counter` is 0 without one.
    Uprobe { path: String, symbol: String, offset: u64, reference_counter: u64 },
    /// `process_usdt`.
    Usdt { path: String, provider: String, name: String },
}

/// The hook in words, the same in every output: `lsm file_open`.
impl fmt::Display for HookKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kprobe { function } => write!(f, "kprobe {function}"),
            Self::Lsm { hook } => write!(f, "lsm {hook}"),
            Self::Loader => f.write_str("loader"),
            Self::Tracepoint { subsystem, event } => write!(f, "tracepoint {subsystem}:{event}"),
            Self::Uprobe { path, symbol, offset, .. } if symbol.is_empty() => {
                write!(f, "uprobe {path} {offset:#x}")
            }
            Self::Uprobe { path, symbol, .. } => write!(f, "uprobe {path} {symbol}"),
            Self::Usdt { path, provider, name } => write!(f, "usdt {path} {provider}:{name}"),
        }
    }
}

/// An argument of a hook's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// [`crate::record::Item::id`] of the value in the record.
    pub item: u16,
    /// The argument type as TracingPolicy names it, which decides the JSON form: `int`, `file`, …
    #[serde(rename = "type")]
    pub type_: String,
    pub label: Option<String>,
    /// Which of a call's records shows it.
    #[serde(default, skip_serializing_if = "Moment::is_entry")]
    pub moment: Moment,
}

/// When a value of a call is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// When the hook is hit.
    #[default]
    Entry,
    /// When the call returns.
    Return,
}

impl Moment {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_entry(&self) -> bool {
        *self == Self::Entry
    }
}

/// A selector, so that an event can say which one matched and what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    pub label: Option<String>,
    /// What it asks, in one canonical text: equal conditions give equal texts. `always` when it
    /// asks nothing.
    pub condition: String,
    /// What it does, each action in one canonical text.
    pub actions: Vec<String>,
    /// What it asks when the call returns, for hooks that report the return value.
    pub return_condition: Option<String>,
    /// What it does when the call returns, for hooks that report the return value.
    pub return_actions: Vec<String>,
    /// What the loader does itself when it is told of an event of this selector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Request>,
    /// The same when it is told of the return of the call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_requests: Vec<Request>,
    pub at: SourceRange,
}

/// Something that the loader does itself, when the operator allows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Request {
    /// Fetch this address and do nothing with what comes.
    GetUrl { url: String },
    /// Look this name up and do nothing with what comes.
    DnsLookup { name: String },
}

/// One program of the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The symbol's name; unique in the object and at most 15 bytes, as `BPF_OBJ_NAME_LEN` allows.
    pub name: String,
    pub attach: Attach,
    /// What it is for, for people: hook and why this way of attaching was chosen.
    pub reason: String,
    /// The hooks it serves, as indices into [`Manifest::hooks`]; empty for process tracking
    /// and for enforcers.
    pub hooks: Vec<u32>,
    /// Arguments of a USDT probe that it reads; every place must have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<u32>,
    /// Arguments of a USDT probe that it writes to; each must be four bytes of memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<u32>,
    /// Places of the file where it has the hooked program go on: [`crate::record::TARGET_MARKER`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<UserPoint>,
    pub cost: Cost,
}

/// How a program is attached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Attach {
    Fentry {
        function: String,
    },
    Fexit {
        function: String,
    },
    FmodRet {
        function: String,
    },
    Kprobe {
        function: String,
    },
    Kretprobe {
        function: String,
    },
    /// One link to many functions (`BPF_TRACE_KPROBE_MULTI`). The cookie of the nth is n.
    KprobeMulti {
        functions: Vec<String>,
    },
    /// The same where they return.
    KretprobeMulti {
        functions: Vec<String>,
    },
    /// A kprobe on each function, with one program. The cookie of the nth is n.
    Kprobes {
        functions: Vec<String>,
    },
    /// A kretprobe on each function, with one program. The cookie of the nth is n.
    Kretprobes {
        functions: Vec<String>,
    },
    /// Without `bpf_lsm_`.
    Lsm {
        hook: String,
        /// Whether the program may sleep (`BPF_F_SLEEPABLE`), as some helpers want.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        sleepable: bool,
    },
    Tracepoint {
        subsystem: String,
        event: String,
    },
    RawTracepoint {
        event: String,
    },
    /// A raw tracepoint whose pointers the verifier knows (`tp_btf`).
    BtfTracepoint {
        event: String,
    },
    /// Where a program or library executes one of the places. A hit at place `n` is one of the hook
    /// that the program names plus `n`: the attach cookie is `n`.
    Uprobe {
        file: UserFile,
        places: Vec<UserPlace>,
        /// Whether each place has a link of its own where one could serve all
        /// (`BPF_TRACE_UPROBE_MULTI`): the policy asks for it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        apart: bool,
    },
    /// The same, where the function returns that begins there.
    Uretprobe {
        file: UserFile,
        places: Vec<UserPlace>,
        /// As in [`Self::Uprobe`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        apart: bool,
    },
    /// At every place of a USDT probe. The attach cookie is the key of the place's arguments in the
    /// map [`maps::USDT`].
    Usdt {
        file: UserFile,
        provider: String,
        name: String,
        /// As in [`Self::Uprobe`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        apart: bool,
    },
}

impl Attach {
    /// The functions, hooks or events that it names, of which a tracepoint's are subsystem and event.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Fentry { function }
            | Self::Fexit { function }
            | Self::FmodRet { function }
            | Self::Kprobe { function }
            | Self::Kretprobe { function } => vec![function],
            Self::KprobeMulti { functions }
            | Self::KretprobeMulti { functions }
            | Self::Kprobes { functions }
            | Self::Kretprobes { functions } => functions.iter().map(String::as_str).collect(),
            Self::Lsm { hook, sleepable: _ } => vec![hook],
            Self::Tracepoint { subsystem, event } => vec![subsystem, event],
            Self::RawTracepoint { event } | Self::BtfTracepoint { event } => vec![event],
            // Names in files of the node are not the kernel's.
            Self::Uprobe { .. } | Self::Uretprobe { .. } | Self::Usdt { .. } => Vec::new(),
        }
    }
}

/// What a program costs, as far as that can be known without running it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Instructions generated for this program, without the runtime library.
    pub instructions: u32,
    /// Instructions including each library routine it reaches, counted once.
    pub linked_instructions: u32,
    /// Generated instructions on the longest path.
    pub longest_path: u32,
    /// Bytes of stack used by the generated code.
    pub stack: u32,
    /// Bytes of map images that only this program needs.
    pub image_bytes: u64,
}

/// The contents of a map: an array, hash or LPM trie is filled with them before anything attaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapImage {
    pub map: String,
    /// Bytes of a key.
    pub key_size: u32,
    /// Bytes of a value.
    pub value_size: u32,
    /// Keys and values, each as lower-case hexadecimal.
    pub entries: BTreeMap<String, String>,
}

/// Bytes as the manifest writes them: lower-case hexadecimal.
pub fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.into_iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// `sha256:<hex>` of `bytes`: how manifests and profiles name what they were made from.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hexadecimal(Sha256::digest(bytes)))
}

/// A set of texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TextSet {
    /// A text is in the set when any of them matches.
    pub patterns: Vec<Pattern>,
}

/// One pattern of a [`TextSet`]; its text is never empty. Patterns compare bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    Equal(String),
    Prefix(String),
    Postfix(String),
}

impl TextSet {
    /// Whether `text` is in the set.
    pub fn contains(&self, text: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(text))
    }
}

impl Pattern {
    /// Whether it matches `text`.
    pub fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Equal(value) => text == value.as_bytes(),
            Self::Prefix(value) => text.starts_with(value.as_bytes()),
            Self::Postfix(value) => text.ends_with(value.as_bytes()),
        }
    }

    /// What is compared, however it is compared.
    pub fn text(&self) -> &str {
        match self {
            Self::Equal(value) | Self::Prefix(value) | Self::Postfix(value) => value,
        }
    }
}

/// Processes whose descendants count as them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FollowSet {
    /// Thread group ids, ordered.
    pub pids: Vec<u32>,
    /// Whether they are ids in the process's own PID namespace.
    pub namespace: bool,
}

/// Names of the maps that every bundle may have. A map that no program reaches is left out.
pub mod maps {
    /// Ring buffer of [`crate::record`]s.
    pub const EVENTS: &str = "writ_events";
    /// Hash: thread group id (`u32`) to [`crate::record::process`].
    pub const PROCESSES: &str = "writ_processes";
    /// Array: the first binary sets and the start of some of these processes, for programs alone.
    pub const RECENT: &str = "writ_recent";
    /// Hash: thread group id (`u32`) to [`crate::record::lineage`].
    pub const LINEAGES: &str = "writ_lineages";
    /// Hash: thread group id (`u32`) to [`crate::record::baseline`].
    pub const BASELINES: &str = "writ_baselines";
    /// Hash: cgroup id (`u64`) to [`crate::record::workload`].
    pub const WORKLOADS: &str = "writ_workloads";
    /// Per-CPU array of `u64` counters, see [`crate::record::counter`].
    pub const COUNTERS: &str = "writ_counters";
    /// Per-CPU array of scratch areas.
    pub const SCRATCH: &str = "writ_scratch";
    /// Calls whose return is awaited.
    pub const PENDING: &str = "writ_pending";
    /// What enforcers are to do to threads.
    pub const NOTIFICATIONS: &str = "writ_notifications";
    /// To whom sockets belong, for `TrackSock`.
    pub const SOCKETS: &str = "writ_sockets";
    /// When which event was last sent, for `rateLimit`.
    pub const RATES: &str = "writ_rates";
    /// Array: where the arguments of USDT probes are, see [`crate::record::usdt`].
    pub const USDT: &str = "writ_usdt";
}

/// Names of the globals.
pub mod globals {
    /// `u8[MODES_MAX]`: the [`super::Mode`] of each policy. It is all that stands in the map
    /// [`MODES_MAP`], and may be written while programs run.
    pub const MODES: &str = "writ_modes";
    /// How loaders call the map in which [`MODES`] stands.
    pub const MODES_MAP: &str = ".bss";
    /// Policies that a bundle can have.
    pub const MODES_MAX: usize = 4096;
    /// `u32[10]`: inode numbers of the host's namespaces, in the order of
    /// [`crate::record::NAMESPACES`].
    pub const HOST_NAMESPACES: &str = "writ_host_ns";
    /// `u64`: the secret of the hash by which rate limits know events again.
    pub const RATE_SECRET: &str = "writ_rate_secret";
}
