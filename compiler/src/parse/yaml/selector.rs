//! `selectors`: conditions, and what happens when all of them hold.

use super::fields::Fields;
use super::hook::Returns;
use super::{Report, action, condition};
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::{Action, Condition, Expression, Selector};

/// The keys of the conditions that are decided when the hook is hit, in Tetragon's order.
const CONDITIONS: [&str; 4] = ["matchBinaries", "matchPIDs", "matchNamespaces", "matchArgs"];

/// The selector, unless nothing of its conditions was understood: without them it would match
/// always.
pub(super) fn selector(
    fields: &Fields,
    returns: Returns,
    report: &mut Report<'_>,
) -> Option<Selector> {
    if returns == Returns::Never {
        check_no_return(fields, report.diagnostics);
    }
    let mut dropped = !fields.is_intact;
    let mut parts = Vec::new();
    for key in CONDITIONS {
        parts.extend(conditions(fields, key, &mut dropped, report.diagnostics));
    }
    let mut return_parts = conditions(fields, "matchReturnArgs", &mut dropped, report.diagnostics);
    if returns == Returns::Never {
        // That they are there at all was reported; what they refer to is no second mistake.
        return_parts.clear();
    }
    let actions = actions(fields, "matchActions", report);
    let return_actions = self::actions(fields, "matchReturnActions", report);
    if dropped && parts.is_empty() {
        return None;
    }
    Some(Selector {
        span: fields.span,
        label: fields.text("label").filter(|label| !label.value.is_empty()),
        macros: Vec::new(),
        condition: all(parts),
        return_condition: all(return_parts),
        actions,
        return_actions,
    })
}

/// The conditions under `key`; sets `dropped` when one of them was not understood.
fn conditions(
    fields: &Fields,
    key: &'static str,
    dropped: &mut bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for test in fields.records(key) {
        let condition = match key {
            "matchBinaries" => condition::binary(test),
            "matchPIDs" => condition::pid(test),
            "matchNamespaces" => condition::namespace(test),
            _ => condition::argument(test, diagnostics),
        };
        *dropped |= condition.is_none();
        conditions.extend(condition);
    }
    conditions
}

fn actions(fields: &Fields, key: &str, report: &mut Report<'_>) -> Vec<Action> {
    fields.records(key).filter_map(|action| action::action(action, report)).collect()
}

fn all(conditions: Vec<Condition>) -> Expression {
    Expression::All(conditions.into_iter().map(Expression::Test).collect())
}

/// Without a return, nobody asks what is to happen at the return.
fn check_no_return(fields: &Fields, diagnostics: &mut Diagnostics) {
    for key in ["matchReturnArgs", "matchReturnActions"] {
        let Some(field) = fields.field(key).filter(|field| !field.value.value.is_neutral()) else {
            continue;
        };
        diagnostics.add(
            &code::RETURN_CONDITION,
            Finding::at(field.key.span, format!("`{key}` has no effect here"))
                .label("this hook does not look at the return")
                .help("a kprobe does with `return: true` and `returnArg`".to_owned())
                .note("Tetragon ignores it without a word"),
        );
    }
}
