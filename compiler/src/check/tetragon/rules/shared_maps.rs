//! Hooks of one program that ask different questions, whose values share a map.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::filter::filters;
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts_of;
use crate::diagnostic::{Finding, code};
use crate::policy::{Condition, Hook, Operator};
use crate::source::{Span, Spanned};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SHARED_MAPS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.target.kprobe_multi {
        return;
    }
    let mut known: Option<(Vec<Question>, Span)> = None;
    for hook in &subject.policy.hooks {
        if section(hook) != Section::Kprobe {
            continue;
        }
        let questions = questions(subject, hook);
        let Some(first) = questions.first() else { continue };
        let span = first.span;
        match &known {
            None => known = Some((questions, span)),
            Some((others, place)) if texts(others) != texts(&questions) => findings.add_here(
                Finding::at(span, "Tetragon may compare this hook with another hook's values")
                    .label("differs")
                    .also(*place, "from these")
                    .inferred()
                    .help("set the option `disable-kprobe-multi` to `true`".to_owned())
                    .note(
                        "one program serves all hooks here, and each hook numbers its maps from 0",
                    ),
            ),
            Some(_) => {}
        }
    }
}

struct Question {
    text: String,
    span: Span,
}

fn texts(questions: &[Question]) -> Vec<&str> {
    questions.iter().map(|one| one.text.as_str()).collect()
}

/// What is kept in maps that the hooks share: executables, and sets of numbers and addresses.
fn questions(subject: &Subject<'_>, hook: &Hook) -> Vec<Question> {
    let mut found = Vec::new();
    for (place, part) in parts_of(subject.policy, hook).enumerate() {
        for condition in &part.conditions {
            if let Condition::Binary { operator, values, span, .. } = condition
                && matches!(operator.value, Operator::In | Operator::NotIn)
            {
                found.push(question(place, operator.value, values, *span));
            }
        }
        for filter in filters(&part) {
            let in_map = matches!(
                filter.operator.value,
                Operator::InMap
                    | Operator::NotInMap
                    | Operator::SPort
                    | Operator::NotSPort
                    | Operator::DPort
                    | Operator::NotDPort
                    | Operator::SAddr
                    | Operator::NotSAddr
                    | Operator::DAddr
                    | Operator::NotDAddr
            );
            if in_map {
                found.push(question(0, filter.operator.value, filter.values, filter.span));
            }
        }
    }
    found
}

fn question(place: usize, operator: Operator, values: &[Spanned<String>], span: Span) -> Question {
    let mut values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
    values.sort_unstable();
    Question { text: format!("{place} {} {}", operator.name(), values.join("\0")), span }
}
