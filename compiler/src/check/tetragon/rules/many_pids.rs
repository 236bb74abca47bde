//! More process ids than Tetragon compares with.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::PIDS;
use crate::policy::Condition;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_MANY_PIDS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = PIDS.large.number();
    for condition in parts(subject.policy).flat_map(|part| part.conditions) {
        let Condition::Pid { values, .. } = condition else { continue };
        let Some(extra) = values.get(most) else { continue };
        let shifted = values.len() >= 2 * most;
        findings.add(
            Finding::at(extra.span, format!("Tetragon compares with the first {most} ids only"))
                .label(format!("ignored from here on: there are {}", values.len()))
                .help("use several selectors".to_owned())
                .note(if shifted {
                    "from eight on it also reads what comes behind them wrongly"
                } else {
                    "the others are never looked at"
                }),
        );
    }
}
