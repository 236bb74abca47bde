//! Where else a hook exists: in which of the embedded kernels, and under which other name in one.

use std::collections::BTreeSet;

use super::embedded;
use super::hook_name::HookName;
use super::profile::Profile;
use super::signature::{Passed, Signature};

/// Other names that are suggested.
const MOST_SUGGESTED: usize = 3;

/// Names of the embedded kernels that have a hook, oldest first.
pub fn kernels_with(hook: &HookName) -> Vec<&'static str> {
    embedded::names()
        .filter(|name| embedded::shared(name).is_some_and(|one| has(one, hook)))
        .collect()
}

/// What a hook of other kernels may be called on this one: names that those kernels lack, alike,
/// and with the same signature (LSM hooks change theirs together with their names). The most
/// similar first.
pub fn successors(hook: &HookName, kernel: &Profile) -> Vec<String> {
    let name = hook.name();
    let mut elsewhere = embedded::names().filter_map(embedded::shared);
    let Some((other, signature)) = elsewhere.find_map(|one| Some((one, one.signature(hook)?)))
    else {
        return Vec::new();
    };
    let mut found: Vec<(usize, String)> = names(hook, kernel)
        .into_iter()
        .filter_map(|candidate| Some((likeness(&name, candidate)?, named(hook, candidate)?)))
        .filter(|(_, candidate)| {
            let same = |one: Signature| passes_the_same(&one, &signature);
            // There are few LSM hooks, so that a name says enough.
            let is_lsm = matches!(candidate, HookName::Lsm(_));
            !has(other, candidate) && (is_lsm || kernel.signature(candidate).is_some_and(same))
        })
        .map(|(likeness, candidate)| (likeness, candidate.name()))
        .collect();
    found.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    found.dedup();
    found.truncate(MOST_SUGGESTED);
    found.into_iter().map(|(_, name)| name).collect()
}

fn has(kernel: &Profile, hook: &HookName) -> bool {
    match hook {
        HookName::Function(name) => kernel.function(name).is_some(),
        HookName::Syscall(name) => kernel.syscall(name).is_some(),
        HookName::Lsm(name) => kernel.lsm_hook(name).is_some(),
        HookName::Tracepoint(subsystem, event) => kernel.tracepoint(subsystem, event).is_some(),
        HookName::RawTracepoint(event) => kernel.raw_tracepoint(event).is_some(),
    }
}

/// The names of the same kind.
fn names<'a>(hook: &HookName, kernel: &'a Profile) -> Vec<&'a str> {
    match hook {
        HookName::Function(_) => kernel.functions().collect(),
        HookName::Syscall(_) => kernel.syscalls().collect(),
        HookName::Lsm(_) => kernel.lsm_hooks().collect(),
        HookName::Tracepoint(subsystem, _) => {
            let same = kernel.tracepoints().filter(|(other, _)| other == subsystem);
            same.map(|(_, event)| event).collect()
        }
        HookName::RawTracepoint(_) => kernel.raw_tracepoints().collect(),
    }
}

/// The hook of the same kind with another name; `None` when that is not longer than a prefix.
fn named(hook: &HookName, name: &str) -> Option<HookName> {
    let name = name.to_owned();
    (!name.is_empty()).then(|| match hook {
        HookName::Function(_) => HookName::Function(name),
        HookName::Syscall(_) => HookName::Syscall(name),
        HookName::Lsm(_) => HookName::Lsm(name),
        HookName::Tracepoint(subsystem, _) => HookName::Tracepoint(subsystem.clone(), name),
        HookName::RawTracepoint(_) => HookName::RawTracepoint(name),
    })
}

/// How many words two names share; `None` when these are fewer than two thirds of the longer one,
/// or when there is only one.
fn likeness(name: &str, other: &str) -> Option<usize> {
    let words = |name: &str| -> BTreeSet<String> {
        let name = name.rsplit('/').next().unwrap_or(name);
        name.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (one, two) = (words(name), words(other));
    let shared = one.intersection(&two).count();
    let alike = shared >= 2 && shared * 3 >= one.len().max(two.len()) * 2;
    alike.then_some(shared)
}

/// Whether what both pass can be read in the same way.
fn passes_the_same(one: &Signature, other: &Signature) -> bool {
    let types = |signature: &Signature| -> Vec<Passed> {
        let nameless = |passed: &Passed| Passed { name: String::new(), ..passed.clone() };
        signature.parameters.iter().map(nameless).collect()
    };
    let (one_types, other_types) = (types(one), types(other));
    one.returns == other.returns
        && one_types.len() == other_types.len()
        && one_types.iter().zip(&other_types).all(|(one, other)| one.is_like(other))
}
