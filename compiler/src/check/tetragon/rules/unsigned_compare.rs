//! A comparison of signed numbers that Tetragon makes without their sign.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::types::{Class, class};
use crate::check::tetragon::values::integer;
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_UNSIGNED_COMPARE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let Class::Number(number) = class(type_) else { continue };
        if !number.negative || number.compared_signed {
            continue;
        }
        let ordered = matches!(
            filter.operator.value,
            Operator::GreaterThan | Operator::LessThan | Operator::InRange | Operator::NotInRange
        );
        let is_negative = |text: &str| text.split(':').filter_map(integer).any(|end| end < 0);
        let negative = filter.values.iter().find(|value| is_negative(&value.value));
        let narrow = number.bits < 32;
        let (span, why) = match (negative, filter.operator.value) {
            (Some(value), Operator::Equal | Operator::NotEqual) if narrow => {
                (value.span, "the value has its sign in 32 bits, and the argument has fewer")
            }
            (Some(value), _) if ordered => (value.span, "a negative number counts as a huge one"),
            (None, _) if ordered && number.signed && narrow => {
                (filter.operator.span, "a negative argument counts as a huge one")
            }
            _ => continue,
        };
        findings.add(
            Finding::at(span, format!("Tetragon compares `{}` without a sign", type_.name()))
                .label("not what is meant for negative numbers")
                .note(why),
        );
    }
}
