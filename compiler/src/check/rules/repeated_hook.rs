//! A policy hooks the same place twice and reads the same there.

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::{Argument, Hook, HookView, Policy, ProgramHook};

pub(super) const RULE: Rule = Rule { code: &code::REPEATED_HOOK, check };

/// How many hooks before one are compared with it.
const LOOK_BACK: usize = 256;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let in_kernel = repeated(&policy.hooks, |one, other| {
        is_same_place(one, other) && reads_the_same(one.view(), other.view())
    });
    let in_programs = repeated(&policy.program_hooks, |one, other| {
        is_same_point(one, other) && reads_the_same(one.view(), other.view())
    });
    let in_kernel = in_kernel.map(|(first, hook)| (first.view(), hook.view()));
    let in_programs = in_programs.map(|(first, hook)| (first.view(), hook.view()));
    for (first, hook) in in_kernel.chain(in_programs) {
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
fn repeated<T>(hooks: &[T], same: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = (&T, &T)> {
    hooks.iter().enumerate().filter_map(move |(at, hook)| {
        let mut before = hooks.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
        before.find(|first| same(first, hook)).map(|first| (first, hook))
    })
}

fn is_same_place(one: &Hook, other: &Hook) -> bool {
    one.kind == other.kind && one.return_attachment.is_some() == other.return_attachment.is_some()
}

fn is_same_point(one: &ProgramHook, other: &ProgramHook) -> bool {
    one.path.value == other.path.value
        && one.point == other.point
        && one.return_argument.is_some() == other.return_argument.is_some()
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
