//! A text is longer than Tetragon takes.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::selectors::parts;
use crate::check::tetragon::target::Programs;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::{
    BINARY_LENGTH, OLD_TEXT_LENGTH, POSTFIX_LENGTH, PREFIX_LENGTH, SUBSTRING_LENGTH, TEXT_LENGTH,
};
use crate::policy::{Condition, Operator};
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TEXT_TOO_LONG, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let equal = equal_length(subject.target.programs);
    for filter in all_filters(subject) {
        let is_text =
            filter.type_(&subject.target).is_some_and(|type_| class(type_) == Class::Text);
        let (most, words) = match filter.operator.value {
            Operator::Equal | Operator::NotEqual if is_text => (equal, "string is too long"),
            Operator::Prefix | Operator::NotPrefix => {
                (PREFIX_LENGTH.large.number(), "string is longer than 256 characters")
            }
            Operator::Postfix | Operator::NotPostfix => {
                (POSTFIX_LENGTH.large.number(), "string is longer than 127 characters")
            }
            Operator::SubString | Operator::SubStringIgnoreCase => (
                SUBSTRING_LENGTH.large.number(),
                "substring error: Substring is bigger than 100 chars",
            ),
            _ => continue,
        };
        report(filter.values, most, words, findings);
    }
    for condition in parts(subject.policy).flat_map(|part| part.conditions) {
        let Condition::Binary { operator, values, .. } = condition else { continue };
        let (most, words) = match operator.value {
            Operator::Prefix | Operator::NotPrefix => {
                (PREFIX_LENGTH.large.number(), "string is longer than 256 characters")
            }
            Operator::Postfix | Operator::NotPostfix => {
                (POSTFIX_LENGTH.large.number(), "string is longer than 127 characters")
            }
            _ => (BINARY_LENGTH.large.number(), "Binary names > 255 chars not supported"),
        };
        report(values, most, words, findings);
    }
}

fn equal_length(programs: Programs) -> usize {
    match programs {
        Programs::Small => TEXT_LENGTH.small.number(),
        Programs::V53 => OLD_TEXT_LENGTH.large.number(),
        Programs::V511 | Programs::V61 => TEXT_LENGTH.large.number(),
    }
}

fn report(values: &[Spanned<String>], most: usize, words: &str, findings: &mut Findings<'_>) {
    for value in values.iter().filter(|value| value.value.len() > most) {
        let length = value.value.len();
        findings.add(
            Finding::at(value.span, format!("a text can have {most} bytes here, not {length}"))
                .label("too long")
                .note(says(words)),
        );
    }
}
