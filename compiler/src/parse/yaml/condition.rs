//! `matchArgs`, `matchReturnArgs` and `matchData`: what a selector asks of the hook's arguments.
//! Each gives nothing when it was not understood in full.

use super::fields::Fields;
use super::{Report, findings, process};
use crate::parse;
use crate::policy::{ArgumentReference, Condition, Operator, cel};
use crate::source::Spanned;

/// An entry of `matchArgs` or `matchReturnArgs`.
pub(super) fn argument(fields: &Fields, report: &mut Report<'_>) -> Option<Condition> {
    let operator = process::operator(fields)?;
    let places: Vec<Spanned<u32>> = fields.integers("args");
    // Only one operator compares two arguments; the others look at the first alone.
    let most = if operator.value == Operator::CapabilitiesGained { 2 } else { 1 };
    if let Some(extra) = places.get(most) {
        findings::too_many(report.diagnostics, extra.span, "`args`", most, places.len());
    }
    let argument = reference(fields, places.first(), ArgumentReference::Index);
    let old = places.get(1).map(|&place| ArgumentReference::Place(place));
    Some(condition(fields, operator, argument, old, report))
}

/// An entry of `matchData`, where `index` is a place in `data`.
pub(super) fn data(fields: &Fields, report: &mut Report<'_>) -> Option<Condition> {
    let operator = process::operator(fields)?;
    let argument = reference(fields, None, ArgumentReference::Data);
    Some(condition(fields, operator, argument, None, report))
}

fn condition(
    fields: &Fields,
    operator: Spanned<Operator>,
    argument: ArgumentReference,
    old: Option<ArgumentReference>,
    report: &mut Report<'_>,
) -> Condition {
    let (span, values) = (fields.span, fields.texts("values"));
    if operator.value == Operator::CapabilitiesGained {
        return Condition::CapabilitiesGained { span, operator, new: argument, old, values };
    }
    if operator.value == Operator::CelExpression {
        let formula = values.first().and_then(|text| formula(text, report));
        return Condition::Cel { span, operator, argument, values, formula };
    }
    Condition::Argument { span, argument, operator, values }
}

fn formula(text: &Spanned<String>, report: &mut Report<'_>) -> Option<cel::Expression> {
    let written = report.text.get(text.span.range()).unwrap_or("");
    parse::cel::parse(text, written, report.diagnostics)
}

/// Which argument is meant: `args` goes before `index`, and `index` is 0 when neither is written.
fn reference(
    fields: &Fields,
    place: Option<&Spanned<u32>>,
    by_index: fn(Spanned<u32>) -> ArgumentReference,
) -> ArgumentReference {
    match (place, fields.integer("index")) {
        (Some(&place), _) => ArgumentReference::Place(place),
        (None, Some(index)) => by_index(index),
        (None, None) => by_index(Spanned::new(0, fields.head)),
    }
}
