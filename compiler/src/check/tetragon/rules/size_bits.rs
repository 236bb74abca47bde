//! Sizes, of which Tetragon compares the lower half.

use super::{Findings, Rule, Subject, all_filters};
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType, Operator};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SIZE_BITS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let compares = matches!(
            filter.operator.value,
            Operator::GreaterThan | Operator::LessThan | Operator::InRange | Operator::NotInRange
        );
        if compares && filter.type_(&subject.target) == Some(ArgumentType::SizeT) {
            findings.add(
                Finding::at(filter.operator.span, "Tetragon compares the lower 32 bits of a size")
                    .label("4 GiB counts as 0")
                    .help("declare the argument as `uint64`".to_owned()),
            );
        }
    }
}
