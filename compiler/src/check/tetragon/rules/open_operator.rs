//! An operator that Tetragon takes for the type, and that then always matches.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::Operator as O;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_OPEN_OPERATOR, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(type_) = filter.type_(&subject.target) else { continue };
        let of_texts = matches!(
            filter.operator.value,
            O::Prefix
                | O::NotPrefix
                | O::Postfix
                | O::NotPostfix
                | O::SubString
                | O::SubStringIgnoreCase
        );
        if of_texts && class(type_) == Class::Other {
            let (operator, name) = (filter.operator.value.name(), type_.name());
            findings.add(
                Finding::at(
                    filter.operator.span,
                    format!("`{operator}` on `{name}` always matches"),
                )
                .label("Tetragon takes it, and compares nothing")
                .help("read the part that is meant with `resolve`, or another argument".to_owned())
                .note("its programs let pass what they have no comparison for"),
            );
        }
    }
}
