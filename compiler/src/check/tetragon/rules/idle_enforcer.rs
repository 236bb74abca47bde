//! An enforcer that nobody notifies, or a notification that asks for nothing.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_IDLE_ENFORCER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut notified = false;
    for part in parts(subject.policy) {
        for action in part.actions.iter().chain(&part.return_actions) {
            let ActionKind::NotifyEnforcer { error, signal } = &action.kind else { continue };
            notified = true;
            let asks =
                |number: &Option<Spanned<i64>>| number.is_some_and(|number| number.value != 0);
            if !asks(error) && !asks(signal) {
                findings.add(
                    Finding::at(action.span, "the enforcer is asked for nothing")
                        .label("neither `argError` nor `argSig`")
                        .help("add `argError: -1`, or `argSig: 9`".to_owned()),
                );
            }
        }
    }
    if let (Some(enforcer), false) = (subject.policy.enforcers.first(), notified) {
        findings.add(
            Finding::at(enforcer.span, "nobody notifies this enforcer")
                .label("never acts")
                .help("add the action `NotifyEnforcer` to a selector".to_owned()),
        );
    }
}
