//! A policy hooks the same place twice and reads the same there.

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::{Argument, Hook, HookView, Policy};

pub(super) const RULE: Rule = Rule { code: &code::REPEATED_HOOK, check };

/// How many hooks before one are compared with it.
const LOOK_BACK: usize = 256;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (first, hook) in repeated(&policy.hooks).chain(repeated(&policy.program_hooks)) {
        findings.add(
            Finding::at(hook.point_span, "the policy hooks this twice")
                .label("again here, with the same arguments")
                .also(first.point_span, "first here")
                .help("make it one hook with the selectors of both".to_owned())
                .note("what matches in both is reported twice"),
        );
    }
}

/// Each hook that is the same as one before it, behind that one.
fn repeated(hooks: &[Hook]) -> impl Iterator<Item = (HookView<'_>, HookView<'_>)> {
    hooks.iter().enumerate().filter_map(move |(at, hook)| {
        let mut before = hooks.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
        let same =
            |first: &&Hook| is_same_place(first, hook) && reads_the_same(first.view(), hook.view());
        before.find(same).map(|first| (first.view(), hook.view()))
    })
}

fn is_same_place(one: &Hook, other: &Hook) -> bool {
    one.kind == other.kind && one.return_attachment.is_some() == other.return_attachment.is_some()
}

fn reads_the_same(one: HookView<'_>, other: HookView<'_>) -> bool {
    one.point_span != other.point_span
        && values(one.arguments).eq(values(other.arguments))
        && values(one.data).eq(values(other.data))
}

/// What is read, without where that was written.
fn values(arguments: &[Argument]) -> impl Iterator<Item = impl PartialEq> {
    arguments.iter().map(|one| {
        (
            one.origin,
            one.reader,
            one.walk.as_ref().map(|walk| (walk.root.clone(), walk.steps.clone())),
        )
    })
}
