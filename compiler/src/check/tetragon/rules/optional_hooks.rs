//! Every function of a policy may be missing on this kernel, and all of them are.

use super::unknown_call::is_described;
use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::symbols;
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_OPTIONAL_HOOKS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let hooks = &subject.policy.hooks;
    let missing = |hook| {
        let all = symbols(subject.policy, hook, &subject.target);
        !all.is_empty() && all.iter().all(|symbol| !is_described(subject, &symbol.name))
    };
    if hooks.iter().any(|hook| hook.ignore_missing.is_none() || !missing(hook)) {
        return;
    }
    if let Some(first) = hooks.first() {
        findings.add_here(
            Finding::at(first.point.span(), "Tetragon takes this policy, and hooks nothing")
                .label("not on this kernel")
                .note("every function is missing, and `ignore.callNotFound` passes over it"),
        );
    }
}
