//! What one policy means differently on the kernels that it is checked for: arguments that it
//! counts, and that stand elsewhere on another kernel.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::kernel::{HookName, Passed, Profile, Signature};
use crate::policy::{Argument, ArgumentPlace, Call, CallKind, Hook, Point, Policy};
use crate::source::Spanned;

/// So many hooks of one list are looked at; more would say the same again.
const MOST_OF_A_LIST: usize = 64;

/// Adds findings about arguments of `policies` that are other ones on some of `kernels`.
pub fn across<'a>(
    policies: impl Iterator<Item = &'a Policy>,
    kernels: &[Profile],
    diagnostics: &mut Diagnostics,
) {
    if kernels.len() < 2 {
        return;
    }
    let mut known = Known { kernels, signatures: BTreeMap::new() };
    for policy in policies {
        for hook in &policy.hooks {
            for name in names(hook, policy).into_iter().take(MOST_OF_A_LIST) {
                for argument in &hook.arguments {
                    compare(&name, argument, &mut known, diagnostics);
                }
            }
        }
    }
}

/// The names of everything in the kernel that a policy hooks; those of its lists too.
pub fn hooks(policy: &Policy) -> Vec<HookName> {
    policy.hooks.iter().flat_map(|hook| names(hook, policy)).collect()
}

fn names(hook: &Hook, policy: &Policy) -> Vec<HookName> {
    let list = |name: &Spanned<String>, kind| {
        let lists = policy.lists.iter().filter(|list| list.name.value == name.value);
        let values = lists.flat_map(|list| &list.values);
        values.map(|value| call(&value.value, kind)).collect()
    };
    match &hook.point {
        Point::Function(name) => vec![call(&name.value, CallKind::Function)],
        Point::Syscall(name) => vec![call(&name.value, CallKind::Syscall)],
        Point::Fentry(Call::One { name, kind }) => vec![call(&name.value, *kind)],
        Point::List { name, kind } | Point::Fentry(Call::List { name, kind }) => list(name, *kind),
        Point::Lsm(name) => vec![HookName::Lsm(name.value.clone())],
        Point::Tracepoint { subsystem, event } => {
            vec![HookName::Tracepoint(subsystem.value.clone(), event.value.clone())]
        }
        Point::RawTracepoint { event, .. } => vec![HookName::RawTracepoint(event.value.clone())],
        Point::Uprobe(_) | Point::Usdt { .. } => Vec::new(),
    }
}

fn call(name: &str, kind: CallKind) -> HookName {
    match kind {
        CallKind::Function => HookName::Function(name.to_owned()),
        CallKind::Syscall => {
            let bare = name.strip_prefix("__x64_").unwrap_or(name);
            HookName::Syscall(bare.strip_prefix("sys_").unwrap_or(bare).to_owned())
        }
    }
}

/// What hooks pass on each kernel, looked up once.
struct Known<'a> {
    kernels: &'a [Profile],
    signatures: BTreeMap<HookName, Vec<(&'a str, Signature)>>,
}

impl<'a> Known<'a> {
    /// The kernels that have the hook, in the order asked for, with what it passes there.
    fn of(&mut self, hook: &HookName) -> &[(&'a str, Signature)] {
        let kernels = self.kernels;
        self.signatures.entry(hook.clone()).or_insert_with(|| {
            let known = kernels.iter().filter_map(|one| Some((one.name(), one.signature(hook)?)));
            known.collect()
        })
    }
}

fn compare(
    hook: &HookName,
    argument: &Argument,
    known: &mut Known<'_>,
    diagnostics: &mut Diagnostics,
) {
    let ArgumentPlace::Index { index, .. } = &argument.place else { return };
    let Ok(place) = usize::try_from(index.value) else { return };
    let signatures = known.of(hook);
    let Some((_, reference)) = signatures.first() else { return };
    let other = signatures.iter().find(|(_, one)| is_another(reference, one, place));
    let Some((_, other)) = other else { return };
    let word = hook.word();
    let message = format!("{word} {place} of `{}` is not the same on every kernel", hook.name());
    let mut finding = Finding::at(index.span, message).label(label(signatures, place));
    finding = finding.help(instead(hook, reference, other, place, signatures));
    for (kernel, signature) in signatures {
        finding = finding.note(format!("on {kernel}: `{}`", shown(hook, signature)));
    }
    for change in reference.changes(other).iter().take(MOST_CHANGES) {
        finding = finding.note(change.to_string());
    }
    for (kernel, _) in signatures {
        finding = finding.on_kernel(*kernel);
    }
    let nameless = reference.parameters.iter().any(|passed| passed.name.is_empty());
    if nameless {
        finding = finding.inferred();
    }
    let code = match hook {
        HookName::Tracepoint(..) => &code::CHANGED_FIELD,
        HookName::Function(_)
        | HookName::Syscall(_)
        | HookName::Lsm(_)
        | HookName::RawTracepoint(_) => &code::CHANGED_PARAMETER,
    };
    diagnostics.add(code, finding);
}

/// More changes than a reader wants to read.
const MOST_CHANGES: usize = 5;

/// Whether a place holds something else: it has another name and type, or what was there stands
/// elsewhere now. A kernel on which the place is missing refuses the policy anyway.
fn is_another(one: &Signature, other: &Signature, place: usize) -> bool {
    let (Some(here), Some(there)) = (one.parameters.get(place), other.parameters.get(place)) else {
        return false;
    };
    if here.name == there.name && !here.name.is_empty() {
        return false;
    }
    let has = |signature: &Signature, name: &str| {
        !name.is_empty() && signature.parameters.iter().any(|passed| passed.name == name)
    };
    let moved = has(other, &here.name) || has(one, &there.name);
    let nameless = Passed { name: String::new(), ..here.clone() };
    moved || !nameless.is_like(there)
}

/// What is there on each kernel: `` `struct inode *dir` on 5.10, `struct dentry *dentry` on 6.1``.
fn label(signatures: &[(&str, Signature)], place: usize) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (kernel, signature) in signatures {
        let Some(passed) = signature.parameters.get(place) else { continue };
        let text = passed.text();
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, kernels)) => kernels.push(kernel),
            None => groups.push((text, vec![kernel])),
        }
    }
    let texts = groups.iter().map(|(text, kernels)| format!("`{text}` on {}", kernels.join(", ")));
    texts.collect::<Vec<_>>().join("; ")
}

fn shown(hook: &HookName, signature: &Signature) -> String {
    match hook {
        HookName::Tracepoint(..) => {
            let fields = signature.parameters.iter().map(|passed| passed.name.as_str());
            format!("{}({})", hook.name(), fields.collect::<Vec<_>>().join(", "))
        }
        HookName::Function(name)
        | HookName::Syscall(name)
        | HookName::Lsm(name)
        | HookName::RawTracepoint(name) => signature.text(name),
    }
}

/// What to write: the parameter's name where it has one and the same on all kernels.
fn instead(
    hook: &HookName,
    reference: &Signature,
    other: &Signature,
    place: usize,
    signatures: &[(&str, Signature)],
) -> String {
    let everywhere = |name: &str| {
        let has = |one: &Signature| one.parameters.iter().any(|passed| passed.name == name);
        !name.is_empty() && signatures.iter().all(|(_, one)| has(one))
    };
    let named = [reference, other].into_iter().filter_map(|one| one.parameters.get(place));
    let name = named.map(|passed| passed.name.as_str()).find(|name| everywhere(name));
    match name {
        Some(name) => format!(
            "the Writ language can name it, `{name}`: then each kernel's own number is used"
        ),
        None => format!("write one policy for each form of `{}`", hook.name()),
    }
}
