//! A condition without values, of which Tetragon makes something.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::selectors::parts;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::{Condition, Operator};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_EMPTY_FILTER, check).like_ours();

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for condition in parts(subject.policy).flat_map(|part| part.conditions) {
        let then = match condition {
            Condition::Pid { operator, values, .. } if values.is_empty() => answer(operator.value),
            Condition::Capability { operator, values, .. } if values.is_empty() => {
                answer(operator.value)
            }
            Condition::Binary { values, .. } if values.is_empty() => {
                "it asks nothing, so that every program matches"
            }
            _ => continue,
        };
        report(findings, condition.span(), then);
    }
    for filter in all_filters(subject) {
        let takes_none = matches!(
            filter.operator.value,
            Operator::SPortPriv
                | Operator::NotSPortPriv
                | Operator::DPortPriv
                | Operator::NotDPortPriv
                | Operator::CapabilitiesGained
                | Operator::CelExpression
        );
        if takes_none || !filter.values.is_empty() {
            continue;
        }
        let then = match filter.type_(&subject.target).map(class) {
            Some(Class::Number(_) | Class::Capabilities) => {
                "it compares with whatever comes next in its buffer"
            }
            Some(Class::Text | Class::Network | Class::Other) | None => {
                "nothing is in an empty set"
            }
        };
        report(findings, filter.span, then);
    }
}

/// What becomes of a question whether something is in an empty list.
fn answer(operator: Operator) -> &'static str {
    if operator == Operator::In { "it never matches" } else { "it always matches" }
}

fn report(findings: &mut Findings<'_>, span: Span, then: &str) {
    findings.add(
        Finding::at(span, "Tetragon takes a condition without values")
            .label("compares with nothing")
            .help("name values, or remove the condition".to_owned())
            .note(then),
    );
}
