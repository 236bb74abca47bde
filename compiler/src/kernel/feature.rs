//! What a kernel may or may not be able to do, and whether this one is.

use std::fmt;

use super::answer::Answer;
use super::attach;
use super::profile::{Part, Profile, ProgramSize};
use super::tracepoint::FieldOrigin;

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
    /// `fmod_ret` on a function.
    FmodRet(&'a str),
    /// A kprobe or kretprobe on a function.
    Kprobe(&'a str),
    /// An LSM program on a hook (without prefix), which is then also asked.
    Lsm(&'a str),
    /// Sleepable LSM programs.
    LsmSleepable,
    /// One kprobe program on many functions.
    KprobeMulti,
    /// kprobe.multi whose programs see the stack pointer of the function that returns, not one of
    /// the code that calls them.
    KprobeMultiStack,
    /// Programs of a million instructions, and `bpf_send_signal`, which came with them: 5.3.
    LargePrograms,
    /// A program at a place of a program or library.
    Uprobe,
    /// One uprobe program in many places.
    UprobeMulti,
    /// Programs at places of user space that change its registers: 6.18.
    UprobeRegisters,
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
    /// Memory passed to a function that is verified by itself: 5.13.
    SharedFunctions,
    /// `bpf_get_current_task_btf`.
    CurrentTaskBtf,
    /// Entries of hash maps that a program in any context may allocate.
    AllocationInPrograms,
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
            Self::LargePrograms => write!(f, "large-programs"),
            Self::KprobeMulti => write!(f, "kprobe-multi"),
            Self::KprobeMultiStack => write!(f, "kprobe-multi-stack"),
            Self::Uprobe => write!(f, "uprobe"),
            Self::UprobeMulti => write!(f, "uprobe-multi"),
            Self::UprobeRegisters => write!(f, "uprobe-registers"),
            Self::KprobeOverride(name) => write!(f, "kprobe-override:{name}"),
            Self::Tracepoint(subsystem, event) => write!(f, "tracepoint:{subsystem}/{event}"),
            Self::RawTracepoint(name) => write!(f, "raw-tracepoint:{name}"),
            Self::RingBuffer => write!(f, "ring-buffer"),
            Self::AtomicFetch => write!(f, "atomic-fetch"),
            Self::SharedFunctions => write!(f, "shared-functions"),
            Self::CurrentTaskBtf => write!(f, "current-task-btf"),
            Self::AllocationInPrograms => write!(f, "allocation-in-programs"),
            Self::PathHelperInLsm => write!(f, "path-helper-in-lsm"),
        }
    }
}

/// The subsystem of the function tracer's own records (`kernel/trace/trace_export.c`). They have
/// formats, and nothing can be attached to them.
const TRACER_RECORDS: &str = "ftrace";

impl Profile {
    /// Whether this kernel has a feature, and how that is known.
    pub fn has(&self, feature: Feature<'_>) -> Answer {
        match feature {
            Feature::Helper(name) => helper(self, name),
            Feature::ProgramType(name) => listed(self, "bpf_prog_type", "BPF_PROG_TYPE_", name),
            Feature::MapType(name) => listed(self, "bpf_map_type", "BPF_MAP_TYPE_", name),
            Feature::AttachType(name) => listed(self, "bpf_attach_type", "BPF_", name),
            Feature::LinkType(name) => listed(self, "bpf_link_type", "BPF_LINK_TYPE_", name),
            Feature::Config(option) => config(self, option),
            Feature::LsmActive(lsm) => self.lsm_active(lsm),
            Feature::Function(name) => attach::described(self, name),
            Feature::Fentry(function) => attach::fentry(self, function),
            Feature::Fexit(function) => attach::fexit(self, function),
            Feature::FmodRet(function) => attach::fmod_ret(self, function),
            Feature::Kprobe(function) => attach::kprobe(self, function),
            Feature::Lsm(hook) => attach::lsm(self, hook),
            Feature::LsmSleepable => lsm_sleepable(self),
            Feature::LargePrograms => large_programs(self),
            Feature::KprobeMulti => {
                let attach_type = listed(self, "bpf_attach_type", "BPF_", "trace_kprobe_multi");
                attach_type.and(|| config(self, "CONFIG_FPROBE"))
            }
            Feature::KprobeMultiStack => kprobe_multi_stack(self),
            Feature::Uprobe => config(self, "CONFIG_UPROBE_EVENTS"),
            Feature::UprobeMulti => {
                let attach_type = listed(self, "bpf_attach_type", "BPF_", "trace_uprobe_multi");
                attach_type.and(|| config(self, "CONFIG_UPROBE_EVENTS"))
            }
            Feature::UprobeRegisters => uprobe_registers(self),
            Feature::KprobeOverride(function) => attach::kprobe_override(self, function),
            Feature::Tracepoint(subsystem, event) => tracepoint(self, subsystem, event),
            Feature::RawTracepoint(event) => raw_tracepoint(self, event),
            Feature::RingBuffer => listed(self, "bpf_map_type", "BPF_MAP_TYPE_", "ringbuf")
                .and(|| helper(self, "bpf_ringbuf_output")),
            Feature::AtomicFetch => implied(self, "bpf_check_mtu"),
            Feature::SharedFunctions => implied(self, "bpf_for_each_map_elem"),
            Feature::CurrentTaskBtf => helper(self, "bpf_get_current_task_btf"),
            Feature::AllocationInPrograms => allocation_in_programs(self),
            Feature::PathHelperInLsm => helper(self, "bpf_d_path").and(|| lsm_sleepable(self)),
        }
    }
}

/// Whether a configuration option is `y` or `m`.
pub(super) fn config(profile: &Profile, option: &str) -> Answer {
    match profile.config(option) {
        Err(reason) => Answer::unknown(reason),
        Ok(Some(value @ ("y" | "m"))) => Answer::shown(format!("`{option}={value}`")),
        Ok(Some(value)) => Answer::absent(format!("`{option}={value}`")),
        Ok(None) => Answer::absent(format!("`{option}` is not set")),
    }
}

pub(super) fn helper(profile: &Profile, name: &str) -> Answer {
    let bare = name.strip_prefix("bpf_").unwrap_or(name);
    enumerated(profile, "bpf_func_id", &format!("BPF_FUNC_{bare}"))
}

/// Whether an enum of the BPF interface has the word `name`, with `prefix` and in upper case.
pub(super) fn listed(profile: &Profile, enumeration: &str, prefix: &str, name: &str) -> Answer {
    enumerated(profile, enumeration, &format!("{prefix}{}", name.to_ascii_uppercase()))
}

fn enumerated(profile: &Profile, enumeration: &str, enumerator: &str) -> Answer {
    let Some(values) = profile.btf().enumeration(enumeration) else {
        return Answer::unknown(format!("the kernel's BTF has no `enum {enumeration}`"));
    };
    if values.enumerators().any(|value| value.name == enumerator) {
        Answer::shown(format!("`enum {enumeration}` has `{enumerator}`"))
    } else {
        Answer::absent(format!("`enum {enumeration}` has no `{enumerator}`"))
    }
}

/// 5.11 made the list of sleepable hooks a function of its own (`kernel/bpf/bpf_lsm.c`), which also
/// decides where `bpf_d_path` is allowed (`bpf_d_path_allowed` in `kernel/trace/bpf_trace.c`).
fn lsm_sleepable(profile: &Profile) -> Answer {
    const EVIDENCE: &str = "bpf_lsm_is_sleepable_hook";
    if profile.btf().functions_named(EVIDENCE).next().is_some() {
        Answer::inferred(format!("the kernel has the function `{EVIDENCE}`"))
    } else {
        Answer::inferred_absent(format!("the kernel has no function `{EVIDENCE}`"))
    }
}

/// 6.18 made the registers of a uprobe's context writable, and keeps who writes to them off kprobes by
/// this field (`kprobe_prog_is_valid_access` in `kernel/trace/bpf_trace.c`).
fn uprobe_registers(profile: &Profile) -> Answer {
    const HOLDER: &str = "bpf_prog_aux";
    const EVIDENCE: &str = "kprobe_write_ctx";
    let Some(holder) = profile.btf().structure(HOLDER) else {
        return Answer::unknown(format!("the kernel's BTF has no `struct {HOLDER}`"));
    };
    if holder.member(EVIDENCE).is_some() {
        Answer::inferred(format!("`struct {HOLDER}` has `{EVIDENCE}`"))
    } else {
        Answer::inferred_absent(format!("`struct {HOLDER}` has no `{EVIDENCE}`"))
    }
}

/// What nothing in BTF tells, but a helper that came with the same release: `bpf_check_mtu` with
/// atomics that fetch, 5.12, and `bpf_for_each_map_elem` with memory as an argument of functions that
/// are verified by themselves, 5.13.
fn implied(profile: &Profile, by: &str) -> Answer {
    match helper(profile, by) {
        Answer::Present(evidence) => Answer::inferred(evidence.text),
        Answer::Absent(evidence) => Answer::inferred_absent(evidence.text),
        Answer::Unknown(reason) => Answer::Unknown(reason),
    }
}

/// 6.1 made hash maps take their entries from the allocator of BPF, which no context forbids
/// (`htab_map_alloc` in `kernel/bpf/hashtab.c`), and no longer warns of maps that do so.
fn allocation_in_programs(profile: &Profile) -> Answer {
    const EVIDENCE: &str = "bpf_mem_alloc";
    if profile.btf().structure(EVIDENCE).is_some() {
        Answer::inferred(format!("the kernel has `struct {EVIDENCE}`"))
    } else {
        Answer::inferred_absent(format!("the kernel has no `struct {EVIDENCE}`"))
    }
}

/// The oldest release series of which it is known that a return caught by the function graph's
/// trampoline shows the function's stack pointer. It was tried.
const GRAPH_STACK: (u32, u32) = (7, 2);

/// Until 6.13 a return is caught by a trampoline of its own (`rethook`), which corrects the stack
/// pointer; then by that of the function graph, which at first did not (`return_to_handler` in
/// `arch/x86/kernel/ftrace_64.S`).
fn kprobe_multi_stack(profile: &Profile) -> Answer {
    let Some(fprobe) = profile.btf().structure("fprobe") else {
        return Answer::inferred("there is no `struct fprobe` that would do it otherwise");
    };
    if fprobe.member("rethook").is_some() {
        return Answer::inferred("`struct fprobe` has a `rethook`");
    }
    match profile.version() {
        Some(version) if version >= GRAPH_STACK => {
            Answer::inferred("later kernels show the stack pointer of the function")
        }
        Some(_) | None => Answer::inferred_absent("`struct fprobe` has no `rethook`"),
    }
}

/// Nothing in BTF tells how many instructions the verifier looks at; the helper came one release
/// after it was raised to a million.
fn large_programs(profile: &Profile) -> Answer {
    match profile.programs {
        ProgramSize::AsShown => helper(profile, "bpf_send_signal"),
        ProgramSize::Small => Answer::absent("avoided, as the command line asks"),
    }
}

fn tracepoint(profile: &Profile, subsystem: &str, event: &str) -> Answer {
    if subsystem == TRACER_RECORDS {
        return Answer::absent(format!("the records of `{subsystem}` belong to no tracepoint"));
    }
    match profile.tracepoint(subsystem, event).map(|found| found.origin) {
        Some(FieldOrigin::Format) => {
            Answer::shown(format!("the kernel has a format of `{subsystem}/{event}`"))
        }
        Some(FieldOrigin::Btf) => {
            Answer::inferred(format!("BTF has `struct trace_event_raw_{event}`"))
        }
        None => match profile.lines(Part::Formats) {
            Ok(_) => Answer::absent(format!("the kernel lists no event `{subsystem}/{event}`")),
            Err(reason) => Answer::unknown(reason),
        },
    }
}

fn raw_tracepoint(profile: &Profile, event: &str) -> Answer {
    if profile.raw_tracepoint(event).is_some() {
        Answer::shown(format!("BTF has `btf_trace_{event}`"))
    } else {
        Answer::absent(format!("BTF has no `btf_trace_{event}`"))
    }
}
