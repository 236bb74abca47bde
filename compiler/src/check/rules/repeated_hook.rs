//! A policy hooks the same place twice and reads the same there.

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::{Argument, Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::REPEATED_HOOK, check };

/// How many hooks before one are compared with it.
const LOOK_BACK: usize = 256;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (at, hook) in policy.hooks.iter().enumerate() {
        let mut before = policy.hooks.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
        let Some(first) = before.find(|first| same(first, hook)) else { continue };
        findings.add(
            Finding::at(hook.point_span, "the policy hooks this twice")
                .label("again here, with the same arguments")
                .also(first.point_span, "first here")
                .help("make it one hook with the selectors of both".to_owned())
                .note("what matches in both is reported twice"),
        );
    }
}

fn same(one: &Hook, other: &Hook) -> bool {
    one.kind == other.kind
        && one.point_span != other.point_span
        && one.return_attachment.is_some() == other.return_attachment.is_some()
        && values(&one.arguments).eq(values(&other.arguments))
        && values(&one.data).eq(values(&other.data))
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
