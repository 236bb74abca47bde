//! Selectors: one for each way in which the condition of a rule can hold.

mod action;
mod condition;

use super::{expand, field, report, text, texts};
use crate::diagnostic::Diagnostics;
use crate::plain::Value;
use crate::policy::{Condition, Expression, Hook, Selector};
use crate::source::Span;

/// What a selector stands in, and where its obstacles go.
pub(super) struct Around<'a> {
    /// `None`: it is a macro.
    pub(super) hook: Option<&'a Hook>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

/// The keys of conditions, in the order in which they are written, and whether each stands once.
const KEYS: [(&str, Presence); 11] = [
    ("matchWorkloads", Presence::Once),
    ("matchBinaries", Presence::One),
    ("matchParentBinaries", Presence::One),
    ("matchPIDs", Presence::Many),
    ("matchNamespaces", Presence::Many),
    ("matchCapabilities", Presence::Many),
    ("matchNamespaceChanges", Presence::Many),
    ("matchCapabilityChanges", Presence::Many),
    ("matchArgs", Presence::Many),
    ("matchData", Presence::Many),
    ("matchReturnArgs", Presence::Many),
];

/// How often a condition may stand in a selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// Once, and not in a list.
    Once,
    /// In a list of one.
    One,
    Many,
}

/// The selectors that say what a rule says, in order. The first that matches wins, as before: all of
/// them do the same. Obstacles are reported.
pub(super) fn selectors(selector: &Selector, around: Around<'_>) -> Vec<Value> {
    let Around { hook, diagnostics } = around;
    let span = selector.span;
    let entry = expand::alternatives(&selector.condition, span, diagnostics);
    let returned = expand::alternatives(&selector.return_condition, span, diagnostics);
    let (Some(entry), Some(returned)) = (entry, returned) else { return Vec::new() };
    let [returned] = returned.as_slice() else {
        let message = "what is asked of the return value is joined by `or`";
        let help = "write a list of values, or leave it to whoever reads the events";
        report::no_form(diagnostics, return_span(selector), message, help);
        return Vec::new();
    };
    entry.iter().map(|tests| one(selector, tests, returned, hook, diagnostics)).collect()
}

/// Where the return value is asked about.
fn return_span(selector: &Selector) -> Span {
    span_of(&selector.return_condition).unwrap_or(selector.span)
}

fn span_of(expression: &Expression) -> Option<Span> {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            parts.iter().filter_map(span_of).reduce(Span::to)
        }
        Expression::Not(part) => span_of(part),
        Expression::Test(test) => Some(test.span()),
    }
}

fn one(
    selector: &Selector,
    tests: &[Condition],
    returned: &[Condition],
    hook: Option<&Hook>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut fields = Vec::new();
    fields.extend(selector.label.as_ref().map(|label| field("label", text(label))));
    if !selector.macros.is_empty() {
        fields.push(field("macros", texts(&selector.macros)));
    }
    let mut found: Vec<(&str, Value)> = Vec::new();
    for test in tests {
        let written = condition::condition(test, hook, diagnostics);
        check_presence(written.0, test, &found, diagnostics);
        found.push(written);
    }
    for test in returned {
        let (_, written) = condition::returned(test, hook, diagnostics);
        found.push(("matchReturnArgs", written));
    }
    for (key, presence) in KEYS {
        let mut entries: Vec<Value> = found
            .iter()
            .filter(|(other, _)| *other == key)
            .map(|(_, value)| value.clone())
            .collect();
        if presence == Presence::Once {
            fields.extend(entries.pop().map(|only| field(key, only)));
        } else if !entries.is_empty() {
            fields.push(field(key, Value::List(entries)));
        }
    }
    for (key, list) in
        [("matchActions", &selector.actions), ("matchReturnActions", &selector.return_actions)]
    {
        if !list.is_empty() {
            fields.push(field(key, Value::List(list.iter().map(action::action).collect())));
        }
    }
    Value::Record(fields)
}

fn check_presence(
    key: &str,
    test: &Condition,
    before: &[(&str, Value)],
    diagnostics: &mut Diagnostics,
) {
    let is_single =
        KEYS.iter().any(|(known, presence)| *known == key && *presence != Presence::Many);
    if is_single && before.iter().any(|(other, _)| *other == key) {
        let message = format!("a selector has one condition of `{key}`");
        let help = "put the values into one list, or test the rest in a rule before this one";
        report::no_form(diagnostics, test.span(), &message, help);
    }
}
