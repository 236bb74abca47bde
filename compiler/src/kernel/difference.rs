//! Which hooks appear, vanish or change from one kernel to another.

use std::collections::{BTreeMap, BTreeSet};

use super::btf::{Type, TypeId};
use super::hook_name::HookName;
use super::profile::Profile;
use super::signature::{Change, Signature};

/// A hook that is not the same on both kernels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub hook: HookName,
    pub what: What,
}

/// What happened to a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Appeared(Signature),
    Vanished(Signature),
    /// It passes or returns something else.
    Changed {
        from: Signature,
        to: Signature,
        changes: Vec<Change>,
    },
    /// It can be traced now, or no longer. Its signature is the same.
    Traceable {
        signature: Signature,
        now: Traceable,
    },
}

/// Whether ftrace can trace a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traceable {
    Yes,
    No,
}

/// Functions that stand for another hook: of LSM hooks, system calls and tracepoints. They are
/// compared as what they stand for.
const STAND_INS: [&str; 15] = [
    "bpf_lsm_",
    "__x64_sys_",
    "__ia32_sys_",
    "__ia32_compat_sys_",
    "__arm64_sys_",
    "__se_sys_",
    "__do_sys_",
    "__se_compat_sys_",
    "__do_compat_sys_",
    "__bpf_trace_",
    "__traceiter_",
    "__probestub_",
    "perf_trace_",
    "trace_event_raw_event_",
    "trace_raw_output_",
];

/// Everything that differs from `old` to `new`, ordered by kind and name.
pub fn differences(old: &Profile, new: &Profile) -> Vec<Difference> {
    let mut found = functions(old, new);
    let names = [old, new].into_iter().flat_map(other_hooks).collect::<BTreeSet<_>>();
    found.extend(names.iter().filter_map(|hook| difference(hook, old, new)));
    found
}

/// What differs about some hooks, ordered by kind and name. Hooks that neither kernel has are no
/// difference.
pub fn differences_of(hooks: &BTreeSet<HookName>, old: &Profile, new: &Profile) -> Vec<Difference> {
    hooks.iter().filter_map(|hook| difference(hook, old, new)).collect()
}

fn difference(hook: &HookName, old: &Profile, new: &Profile) -> Option<Difference> {
    let traceable = |kernel: &Profile| match hook {
        HookName::Function(name) => traced(kernel, name),
        HookName::Syscall(_)
        | HookName::Lsm(_)
        | HookName::Tracepoint(..)
        | HookName::RawTracepoint(_) => None,
    };
    let sides = [old, new].map(|kernel| (kernel.signature(hook), traceable(kernel)));
    compare(hook, sides)
}

/// The signature on both sides, and whether the function can be traced where that is known.
fn compare(
    hook: &HookName,
    sides: [(Option<Signature>, Option<Traceable>); 2],
) -> Option<Difference> {
    let what = match sides {
        [(None, _), (None, _)] => return None,
        [(Some(signature), _), (None, _)] => What::Vanished(signature),
        [(None, _), (Some(signature), _)] => What::Appeared(signature),
        [(Some(from), before), (Some(to), now)] => {
            let changes = from.changes(&to);
            match (before, now) {
                _ if !changes.is_empty() => What::Changed { from, to, changes },
                (Some(before), Some(now)) if before != now => {
                    What::Traceable { signature: to, now }
                }
                _ => return None,
            }
        }
    };
    Some(Difference { hook: hook.clone(), what })
}

fn traced(kernel: &Profile, function: &str) -> Option<Traceable> {
    let answer = kernel.traceable(function);
    (!answer.is_unknown()).then(|| traceable(answer.is_present()))
}

fn traceable(is_traced: impl Into<bool>) -> Traceable {
    if is_traced.into() { Traceable::Yes } else { Traceable::No }
}

/// Differences between all functions. A name of several functions is the same when one of them is.
fn functions(old: &Profile, new: &Profile) -> Vec<Difference> {
    let (before, after) = (by_name(old), by_name(new));
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let sets = [old, new].map(traced_names);
    let mut texts = [Texts::default(), Texts::default()];
    let mut differences = Vec::new();
    for name in names {
        let types = [&before, &after].map(|types| types.get(name).map_or(&[][..], Vec::as_slice));
        let [old_traced, new_traced] = &sets;
        let [before, now] = [old_traced, new_traced]
            .map(|names| names.as_ref().map(|names| traceable(names.contains(name))));
        let same = same(types, &mut texts);
        if same.is_some() && before == now {
            continue;
        }
        let [from, to] =
            same.map_or(types.map(|types| types.first().copied()), |one| one.map(Some));
        let [from, to] = [from, to].map(|type_| type_.and_then(Signature::of_function));
        let hook = HookName::Function(name.to_owned());
        differences.extend(compare(&hook, [(from, before), (to, now)]));
    }
    differences
}

/// A function on either side whose prototypes are the same.
fn same<'a>(sides: [&[Type<'a>]; 2], texts: &mut [Texts; 2]) -> Option<[Type<'a>; 2]> {
    let [old_texts, new_texts] = texts;
    let [old, new] = sides;
    let pairs = old.iter().flat_map(|from| new.iter().map(move |to| (*from, *to)));
    let found = pairs.into_iter().find(|(from, to)| {
        let equal = |from: Type<'a>, to: Type<'a>, old: &mut Texts, new: &mut Texts| {
            old.of(from) == new.of(to)
        };
        let returns = from.returns().zip(to.returns());
        returns.is_some_and(|(from, to)| equal(from, to, old_texts, new_texts))
            && from.parameters().count() == to.parameters().count()
            && from.parameters().zip(to.parameters()).all(|(from, to)| {
                from.name == to.name && equal(from.type_, to.type_, old_texts, new_texts)
            })
    });
    found.map(|(from, to)| [from, to])
}

/// Types of one kernel as text, each written once.
#[derive(Debug, Default)]
struct Texts {
    known: BTreeMap<TypeId, String>,
}

impl Texts {
    fn of(&mut self, type_: Type<'_>) -> &str {
        self.known.entry(type_.id()).or_insert_with(|| type_.text())
    }
}

/// The functions that BTF describes, without those that stand for other hooks.
fn by_name(kernel: &Profile) -> BTreeMap<&str, Vec<Type<'_>>> {
    let mut functions: BTreeMap<&str, Vec<Type<'_>>> = BTreeMap::new();
    for type_ in kernel.btf().types().filter(|type_| type_.is_function()) {
        let name = type_.name();
        if !STAND_INS.iter().any(|prefix| name.starts_with(prefix)) {
            functions.entry(name).or_default().push(type_);
        }
    }
    functions
}

/// `None` when the profile does not know.
fn traced_names(kernel: &Profile) -> Option<BTreeSet<&str>> {
    let names = kernel.traceable_functions();
    let names: BTreeSet<&str> = names.chain(kernel.aliases()).collect();
    (!names.is_empty()).then_some(names)
}

/// Every hook of a kernel that is no function.
fn other_hooks(kernel: &Profile) -> Vec<HookName> {
    let syscalls = kernel.syscalls().map(|name| HookName::Syscall(name.to_owned()));
    let hooks = kernel.lsm_hooks().map(|name| HookName::Lsm(name.to_owned()));
    let events = kernel
        .tracepoints()
        .map(|(subsystem, event)| HookName::Tracepoint(subsystem.to_owned(), event.to_owned()));
    // System calls are compared as such.
    let events = events.filter(|event| !event.name().starts_with("syscalls/"));
    let raw = kernel.raw_tracepoints().map(|name| HookName::RawTracepoint(name.to_owned()));
    syscalls.chain(hooks).chain(events).chain(raw).collect()
}

#[cfg(test)]
mod tests;
