//! A number that a value of this size never is.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::types::{Class, class};
use crate::check::tetragon::values::integer;
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_UNREACHABLE_NUMBER, check).like_ours();

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let Class::Number(number) = class(type_) else { continue };
        if !matches!(filter.operator.value, Operator::Equal | Operator::NotEqual) {
            continue;
        }
        let (least, most) = number.limits();
        for value in filter.values {
            let Some(read) = integer(&value.value) else { continue };
            if number.bits < 32 && !(least..=most).contains(&read) {
                let name = type_.name();
                findings.add(
                    Finding::at(value.span, format!("a `{name}` is never {read}"))
                        .label(format!("it is between {least} and {most}"))
                        .note("Tetragon reads the number with 32 bits, and does not look further"),
                );
            }
        }
    }
}
