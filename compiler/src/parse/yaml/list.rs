//! `lists` and `enforcers`: named sets of functions, and who acts on them.

use super::fields::Fields;
use crate::policy::{Enforcer, List, ListKind};
use crate::source::Spanned;

/// Every list that was understood.
pub(super) fn lists(spec: &Fields) -> Vec<List> {
    spec.records("lists").filter_map(list).collect()
}

fn list(fields: &Fields) -> Option<List> {
    let kind = fields.word("type").and_then(|word| {
        let kind = ListKind::ALL.into_iter().find(|kind| kind.name() == word.value)?;
        Some(Spanned::new(kind, word.span))
    });
    Some(List {
        span: fields.span,
        name: fields.text("name")?,
        kind,
        values: fields.texts("values"),
        pattern: fields.some_text("pattern"),
        validated: fields.set("validated"),
    })
}

/// Every enforcer that was understood.
pub(super) fn enforcers(spec: &Fields) -> Vec<Enforcer> {
    let enforcer = |fields: &Fields| Enforcer { span: fields.span, calls: fields.texts("calls") };
    spec.records("enforcers").map(enforcer).collect()
}
