//! A condition compares with more values than Tetragon takes.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::{FILE_TYPES, NUMBERS, RANGES, SUBSTRINGS};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_VALUES, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(most) = most(subject, &filter) else { continue };
        let count = filter.values.len();
        let Some(extra) = filter.values.get(most) else { continue };
        let help = match filter.operator.value {
            Operator::Equal => Some("use `InMap`, which takes any number of values".to_owned()),
            Operator::NotEqual => {
                Some("use `NotInMap`, which takes any number of values".to_owned())
            }
            _ => None,
        };
        findings.add(
            Finding::at(
                extra.span,
                format!("`{}` takes {most} values, not {count}", filter.operator.value.name()),
            )
            .label("too many from here on")
            .help(help)
            .note(says(&format!("selector does not support more than {most} values"))),
        );
    }
}

fn most(subject: &Subject<'_>, filter: &Filter<'_>) -> Option<usize> {
    let class = class(filter.type_(&subject.target)?);
    let is_number = matches!(class, Class::Number(_) | Class::Capabilities);
    match filter.operator.value {
        Operator::Equal
        | Operator::NotEqual
        | Operator::GreaterThan
        | Operator::LessThan
        | Operator::Mask
            if is_number =>
        {
            Some(NUMBERS.large.number())
        }
        Operator::InRange | Operator::NotInRange => Some(RANGES.large.number()),
        Operator::FileType | Operator::NotFileType => Some(FILE_TYPES.large.number()),
        Operator::SubString | Operator::SubStringIgnoreCase => Some(SUBSTRINGS.large.number()),
        _ => None,
    }
}
