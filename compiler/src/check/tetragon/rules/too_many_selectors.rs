//! A hook has more selectors than Tetragon takes.

use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::SELECTORS;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_SELECTORS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = SELECTORS.large.number();
    for hook in &subject.policy.hooks {
        if let Some(extra) = hook.selectors.get(most) {
            let count = hook.selectors.len();
            findings.add(
                Finding::at(extra.span, format!("a hook can have {most} selectors, not {count}"))
                    .label("too many from here on")
                    .help("join selectors that do the same, or split the policy".to_owned())
                    .note(says(&format!(
                        "no more than {most} selectors supported ({count} provided)"
                    ))),
            );
        }
    }
}
