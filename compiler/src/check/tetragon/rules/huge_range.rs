//! A range that Tetragon writes into a map number by number.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::values::{decimal, range};
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_HUGE_RANGE, check);

/// From so many numbers on, writing them takes seconds and hundreds of megabytes.
const MANY: i128 = 1 << 20;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let in_map = matches!(
            filter.operator.value,
            Operator::InMap
                | Operator::NotInMap
                | Operator::SPort
                | Operator::NotSPort
                | Operator::DPort
                | Operator::NotDPort
                | Operator::Protocol
                | Operator::Family
                | Operator::State
        );
        for value in filter.values.iter().filter(|_| in_map) {
            let Some((low, high)) = range(&value.value, decimal) else { continue };
            let count = (high - low).saturating_add(1);
            if count >= MANY {
                findings.add(
                    Finding::at(value.span, format!("Tetragon writes {count} numbers into a map"))
                        .label("one by one")
                        .help(
                            "use `InRange` or `NotInRange`, which compare the two ends".to_owned(),
                        )
                        .note("its agent hangs, or runs out of memory"),
                );
            }
        }
    }
}
