//! A selector has more actions than Tetragon carries out.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::ACTIONS;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_ACTIONS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = ACTIONS.large.number();
    for part in parts(subject.policy) {
        for actions in [&part.actions, &part.return_actions] {
            let count = actions.len();
            if let Some(extra) = actions.get(most) {
                findings.add(
                    Finding::at(
                        extra.span,
                        format!("a selector can do {most} things, not {count}"),
                    )
                    .label("too many from here on")
                    .note(says(&format!(
                        "only {most} actions are support for selector (current number of \
                             values is {count})"
                    ))),
                );
            }
        }
    }
}
