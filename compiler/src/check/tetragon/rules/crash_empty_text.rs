//! A text of which nothing is left when zeros are taken off.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType, Operator};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CRASH_EMPTY_TEXT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        if class(type_) != Class::Text {
            continue;
        }
        let trims = match filter.operator.value {
            Operator::Postfix | Operator::NotPostfix => type_ != ArgumentType::CharBuf,
            Operator::Equal | Operator::NotEqual => type_ == ArgumentType::String,
            _ => false,
        };
        for value in filter.values.iter().filter(|_| trims) {
            if value.value.bytes().all(|byte| byte == 0) {
                findings.add(
                    Finding::at(value.span, "Tetragon's agent crashes on this empty text")
                        .label("nothing to compare with")
                        .help("write at least one character".to_owned())
                        .note("it takes off zeros at the end, and reads before the beginning"),
                );
            }
        }
    }
}
