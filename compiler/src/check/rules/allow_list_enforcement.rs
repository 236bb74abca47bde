//! A list of allowed programs kills every program that nobody thought of.

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, is_joined, joined, selectors};
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question, Sense};

pub(super) const RULE: Rule = Rule { code: &code::ALLOW_LIST_ENFORCEMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, selector) in selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        let tests = joined(&selector.condition);
        let only_exceptions =
            is_joined(&selector.condition) && tests.iter().all(|test| test.sense == Sense::IsNot);
        let list = tests.iter().find(|test| matches!(test.question, Question::Binary { .. }));
        let (Some(list), true) = (list, only_exceptions) else { continue };
        findings.add(
            Finding::at(list.span, "every program that is not in this list is stopped")
                .label("also programs that nobody thought of")
                .also(action.span(), "this is what happens to them")
                .help(
                    "name what is forbidden, or watch with `policy-mode: monitor` first".to_owned(),
                ),
        );
    }
}
