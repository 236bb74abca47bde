//! A selector has more `matchArgs` and `matchData` entries than Tetragon takes.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::filter::{Time, filters};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::ARGUMENT_FILTERS;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_FILTERS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let limit =
        if subject.target.is_large() { ARGUMENT_FILTERS.large } else { ARGUMENT_FILTERS.small };
    let most = limit.number();
    for part in parts(subject.policy) {
        let all = filters(&part);
        for time in [Time::Entry, Time::Return] {
            let of_time: Vec<_> = all.iter().filter(|filter| filter.time == time).collect();
            let count = of_time.len();
            if let Some(extra) = of_time.get(most) {
                let finding = Finding::at(
                    extra.span,
                    format!("a selector can ask {most} questions about arguments, not {count}"),
                )
                .label("too many from here on")
                .note("Tetragon counts `matchArgs` and `matchData` together")
                .note(says(&format!(
                    "parseMatchArgs: supports up to {most} filters ({count} provided)"
                )));
                if subject.target.is_large() {
                    findings.add(finding);
                } else {
                    findings.add_here(finding);
                }
            }
        }
    }
}
