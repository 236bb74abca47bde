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

/// Points at values that were named before.
pub(super) fn warn_duplicates<T: Ord>(values: &[Spanned<T>], diagnostics: &mut Diagnostics) {
    let mut named = BTreeMap::new();
    for value in values {
        let Some(&first) = named.get(&value.value) else {
            named.insert(&value.value, value.span);
            continue;
        };
        let finding = Finding::at(value.span, "this value is named twice")
            .label("again here")
            .also(first, "first named here")
            .help("leave one of them out".to_owned())
            .fix(Fix::safe("remove the second one").remove_item(value.span));
        diagnostics.add(&code::DUPLICATE_VALUE, finding);
    }
}
