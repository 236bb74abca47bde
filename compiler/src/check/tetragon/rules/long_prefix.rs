//! A prefix of 256 bytes, of which Tetragon compares 255.

use super::{Findings, Rule, Subject, all_filters};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::PREFIX_LENGTH;
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_LONG_PREFIX, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        if !matches!(filter.operator.value, Operator::Prefix | Operator::NotPrefix) {
            continue;
        }
        for value in filter.values {
            if value.value.len() == PREFIX_LENGTH.large.number() {
                findings.add(
                    Finding::at(value.span, "a prefix of 256 bytes never matches")
                        .label("one byte too long")
                        .help("make it shorter by at least one byte".to_owned())
                        .note("Tetragon takes 256 bytes, and looks at the first 255 of the text"),
                );
            }
        }
    }
}
