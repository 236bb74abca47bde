//! `NotifyEnforcer` in a policy without enforcers.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_MISSING_ENFORCER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.policy.enforcers.is_empty() {
        return;
    }
    for hook in &subject.policy.hooks {
        let refused =
            matches!(section(hook), Section::Kprobe | Section::Tracepoint | Section::RawTracepoint);
        let actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
        for action in actions.filter(|_| refused) {
            if matches!(action.kind, ActionKind::NotifyEnforcer { .. }) {
                findings.add(
                    Finding::at(action.span, "the policy has no enforcer to notify")
                        .label("nobody listens")
                        .help("add `enforcers` with the calls that it acts on".to_owned())
                        .note(says(
                            "NotifyEnforcer action specified, but spec contains no enforcers",
                        )),
                );
            }
        }
    }
}
