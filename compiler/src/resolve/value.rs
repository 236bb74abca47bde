//! Lists of values: neither empty nor with repetitions.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Finding, Fix, Reported, code};
use crate::policy::Operator;
use crate::source::{Span, Spanned};

/// Refuses a condition without values.
pub(super) fn not_empty<T>(
    values: &[T],
    operator: Spanned<Operator>,
    condition: Span,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    if !values.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` is given no values", operator.value.name());
    let finding = Finding::at(condition, message)
        .label("nothing to compare with")
        .help("name at least one value, or leave the condition out".to_owned());
    Err(diagnostics.error(&code::EMPTY_VALUES, finding))
}

/// How many repeated values of one list are told one by one.
const TOLD_MAX: usize = 20;

/// Points at values that were named before.
pub(super) fn warn_duplicates<T: Ord>(values: &[Spanned<T>], diagnostics: &mut Diagnostics) {
    let mut named = BTreeMap::new();
    let mut repeated = Vec::new();
    for value in values {
        match named.get(&value.value) {
            Some(&first) => repeated.push((value.span, first)),
            None => drop(named.insert(&value.value, value.span)),
        }
    }
    for &(again, first) in repeated.iter().take(TOLD_MAX) {
        let message = "this value is named twice".to_owned();
        let fix = Fix::safe("remove the second one").remove_item(again);
        warn_duplicate(message, again, first, Some(fix), diagnostics);
    }
    if let Some(&(again, first)) = repeated.get(TOLD_MAX) {
        let more = repeated.len() - TOLD_MAX;
        let message = format!("from here on, {more} more values are named twice");
        warn_duplicate(message, again, first, None, diagnostics);
    }
}

fn warn_duplicate(
    message: String,
    again: Span,
    first: Span,
    fix: Option<Fix>,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.add(
        &code::DUPLICATE_VALUE,
        Finding::at(again, message)
            .label("again here")
            .also(first, "first named here")
            .help("leave one of them out".to_owned())
            .fix(fix),
    );
}
