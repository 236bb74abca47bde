//! Negative numbers in a map, where Tetragon looks for them without a sign.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::types::{Class, class};
use crate::check::tetragon::values::decimal;
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_NEGATIVE_IN_MAP, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let Class::Number(number) = class(type_) else { continue };
        if number.written > 32
            || !matches!(filter.operator.value, Operator::InMap | Operator::NotInMap)
        {
            continue;
        }
        for value in filter.values {
            if value.value.split(':').filter_map(decimal).any(|end| end < 0) {
                let (name, operator) = (type_.name(), filter.operator.value.name());
                findings.add(
                    Finding::at(
                        value.span,
                        format!("`{operator}` never finds a negative `{name}`"),
                    )
                    .label("never found")
                    .help("use `Equal`, or `InRange`".to_owned())
                    .note(
                        "the map's key has 64 bits with a sign, and Tetragon looks for 32 \
                               bits without",
                    ),
                );
            }
        }
    }
}
