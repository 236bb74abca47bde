//! Which hooks are tried: the same ones each time, of every sort that a check can be wrong about.

use std::collections::BTreeSet;

use writ::kernel::Profile;

/// A hook that a policy can name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hook {
    pub(super) kind: Kind,
    /// As a policy writes it; a tracepoint with its subsystem, as `sched/sched_switch`.
    pub(super) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Function,
    Syscall,
    Lsm,
    Tracepoint,
    RawTracepoint,
}

impl Hook {
    /// A policy that hooks it and does nothing else.
    pub(super) fn policy(&self) -> String {
        let name = &self.name;
        let (subsystem, event) = name.split_once('/').unwrap_or(("any", name));
        let hook = match self.kind {
            Kind::Function => format!("kprobes:\n  - call: \"{name}\"\n    syscall: false"),
            Kind::Syscall => format!("kprobes:\n  - call: \"sys_{name}\"\n    syscall: true"),
            Kind::Lsm => format!("lsmhooks:\n  - hook: \"{name}\""),
            Kind::Tracepoint => {
                format!("tracepoints:\n  - subsystem: \"{subsystem}\"\n    event: \"{event}\"")
            }
            Kind::RawTracepoint => format!(
                "tracepoints:\n  - subsystem: \"{subsystem}\"\n    event: \"{event}\"\n    raw: true"
            ),
        };
        format!(
            "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: hook\nspec:\n  {hook}\n"
        )
    }
}

/// The sample for one kernel. `all` are the profiles of every kernel, for names that it lacks.
pub(super) fn of(profile: &Profile, all: &[Profile]) -> Vec<Hook> {
    let mut hooks = BTreeSet::new();
    let mut add = |kind, names: Vec<String>| {
        hooks.extend(names.into_iter().map(|name| Hook { kind, name }));
    };
    add(Kind::Function, functions(profile, all));
    let elsewhere = |names: fn(&Profile) -> Vec<String>| all.iter().flat_map(names);
    add(Kind::Syscall, pick(elsewhere(|one| owned(one.syscalls())), 40));
    add(Kind::Lsm, pick(elsewhere(|one| owned(one.lsm_hooks())), 70));
    let events = |one: &Profile| -> Vec<String> {
        one.tracepoints().map(|(subsystem, event)| format!("{subsystem}/{event}")).collect()
    };
    add(Kind::Tracepoint, pick(elsewhere(events), 60));
    add(Kind::RawTracepoint, pick(elsewhere(|one| owned(one.raw_tracepoints())), 40));
    hooks.into_iter().collect()
}

/// Functions of each sort: ordinary ones, those of other kernels, several of one name, such as
/// cannot be traced or probed, and such as the compiler gave another name or inlined.
fn functions(profile: &Profile, all: &[Profile]) -> Vec<String> {
    let own: BTreeSet<&str> = profile.functions().collect();
    let traced: Vec<&str> = profile.traceable_functions().collect();
    let repeated = traced.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    let foreign = all.iter().flat_map(Profile::functions).filter(|name| !own.contains(name));
    let described = profile.untraced_functions().filter(|name| own.contains(name));
    let undescribed = profile.untraced_functions().filter(|name| !own.contains(name));
    let renamed = traced.iter().filter_map(|name| Some(name.split_once(".isra.")?.0));
    let copied = traced.iter().filter_map(|name| Some(name.split_once(".constprop.")?.0));
    let forbidden: Vec<&str> = profile.kprobe_blacklist().collect();
    let forbidden_and_traced =
        forbidden.iter().copied().filter(|name| traced.binary_search(name).is_ok());
    let traced_undescribed = traced.iter().copied().filter(|name| !own.contains(name));
    let odd =
        own.iter().copied().filter(|name| hash(name).is_multiple_of(8) && is_odd(profile, name));
    let sorts: [Vec<String>; 12] = [
        pick(own.iter().copied(), 70),
        pick(foreign, 40),
        pick(repeated, 20),
        pick(described, 20),
        pick(undescribed.filter(|name| !name.contains('.')), 15),
        pick(traced_undescribed.filter(|name| !name.contains(['.', ' '])), 15),
        pick(odd, 20),
        pick(renamed, 12),
        pick(copied, 12),
        pick(forbidden.iter().copied(), 15),
        pick(forbidden_and_traced, 10),
        EVERY_DAY.map(str::to_owned).to_vec(),
    ];
    sorts.into_iter().flatten().collect()
}

/// Whether a function takes more arguments than there are registers, or any number of them.
fn is_odd(profile: &Profile, name: &str) -> bool {
    let prototype = profile.function(name).map(|function| function.prototype);
    prototype.is_some_and(|prototype| prototype.variadic || prototype.parameters.len() > 6)
}

/// What policies hook most.
const EVERY_DAY: [&str; 12] = [
    "fd_install",
    "security_file_open",
    "security_file_permission",
    "security_bprm_check",
    "security_socket_connect",
    "security_path_truncate",
    "commit_creds",
    "tcp_connect",
    "tcp_close",
    "tcp_sendmsg",
    "do_exit",
    "wake_up_new_task",
];

fn owned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}

/// `count` of the names: those whose hash is least, so that one name more or less in a kernel
/// changes little.
fn pick(names: impl Iterator<Item = impl Into<String>>, count: usize) -> Vec<String> {
    let distinct: BTreeSet<String> = names.map(Into::into).collect();
    let mut hashed: Vec<(u64, String)> =
        distinct.into_iter().map(|name| (hash(&name), name)).collect();
    hashed.sort();
    hashed.truncate(count);
    hashed.into_iter().map(|(_, name)| name).collect()
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
