//! `matchArgs`, `matchBinaries`, `matchPIDs` and `matchNamespaces`: what a selector asks. Each
//! gives nothing when it was not understood in full.

use super::fields::Fields;
use super::findings;
use crate::diagnostic::Diagnostics;
use crate::policy::{ArgumentReference, Condition, NamespaceKind, Operator, Whose};
use crate::source::Spanned;

/// An entry of `matchArgs` or `matchReturnArgs`.
pub(super) fn argument(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Condition> {
    let operator = operator(fields)?;
    Some(Condition::Argument {
        span: fields.span,
        argument: reference(fields, operator.value, diagnostics),
        operator,
        values: fields.texts("values"),
    })
}

/// An entry of `matchBinaries`.
pub(super) fn binary(fields: &Fields) -> Option<Condition> {
    let (span, operator, values) = (fields.span, operator(fields)?, fields.texts("values"));
    Some(Condition::Binary { span, whose: Whose::Process, operator, values, follow_children: None })
}

/// An entry of `matchPIDs`.
pub(super) fn pid(fields: &Fields) -> Option<Condition> {
    Some(Condition::Pid {
        span: fields.span,
        operator: operator(fields)?,
        values: fields.integers("values"),
        is_namespace_pid: fields.is_set("isNamespacePID"),
        follow_forks: fields.is_set("followForks"),
    })
}

/// An entry of `matchNamespaces`.
pub(super) fn namespace(fields: &Fields) -> Option<Condition> {
    let word = fields.word("namespace")?;
    let kind = NamespaceKind::ALL.into_iter().find(|kind| kind.name() == word.value)?;
    Some(Condition::Namespace {
        span: fields.span,
        kind: Spanned::new(kind, word.span),
        operator: operator(fields)?,
        values: fields.texts("values"),
    })
}

/// The operator, if all of the condition was understood.
fn operator(fields: &Fields) -> Option<Spanned<Operator>> {
    let word = fields.word("operator").filter(|_| fields.is_intact)?;
    Operator::from_name(word.value).map(|operator| Spanned::new(operator, word.span))
}

/// Which argument is meant: `args` goes before `index`, and `index` is 0 when neither is written.
fn reference(
    fields: &Fields,
    operator: Operator,
    diagnostics: &mut Diagnostics,
) -> ArgumentReference {
    let places = fields.integers("args");
    // Only one operator compares two arguments; the others look at the first alone.
    let most = if operator == Operator::CapabilitiesGained { 2 } else { 1 };
    if let Some(extra) = places.get(most) {
        findings::too_many(diagnostics, extra.span, "`args`", most, places.len());
    }
    match (places.into_iter().next(), fields.integer("index")) {
        (Some(place), _) => ArgumentReference::Place(place),
        (None, Some(index)) => ArgumentReference::Index(index),
        (None, None) => ArgumentReference::Index(Spanned::new(0, fields.head)),
    }
}
