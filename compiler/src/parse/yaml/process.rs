//! `matchBinaries`, `matchPIDs`, `matchNamespaces`, `matchCapabilities` and their kin: what a
//! selector asks of the calling process. Each gives nothing when it was not understood in full.

use super::fields::Fields;
use super::{Report, findings};
use crate::policy::{CapabilitySet, Condition, NamespaceKind, Operator, Whose};
use crate::source::{Span, Spanned};

/// An entry of `matchBinaries` or `matchParentBinaries`.
pub(super) fn binary(fields: &Fields, whose: Whose) -> Option<Condition> {
    Some(Condition::Binary {
        span: fields.span,
        whose,
        operator: operator(fields)?,
        values: fields.texts("values"),
        follow_children: fields.set("followChildren"),
    })
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

/// An entry of `matchNamespaceChanges`.
pub(super) fn namespace_change(fields: &Fields, report: &mut Report<'_>) -> Option<Condition> {
    let values: Vec<_> =
        fields.texts("values").iter().map(|value| changed(value, report)).collect();
    Some(Condition::NamespaceChange {
        span: fields.span,
        operator: operator(fields)?,
        values: values.into_iter().collect::<Option<_>>()?,
    })
}

/// Tetragon's schema takes any text here; its code compares without regard to case
/// (`pkg/selectors/kernel.go`).
fn changed(value: &Spanned<String>, report: &mut Report<'_>) -> Option<Spanned<NamespaceKind>> {
    let mut kinds = NamespaceKind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.name().eq_ignore_ascii_case(&value.value));
    if kind.is_none() {
        let legal = NamespaceKind::ALL.map(NamespaceKind::name);
        findings::unknown_word(report, value.span, "namespace", &value.value, &legal);
    }
    kind.map(|kind| Spanned::new(kind, value.span))
}

/// An entry of `matchCapabilities`.
pub(super) fn capability(fields: &Fields) -> Option<Condition> {
    let (set, set_span) = capability_set(fields)?;
    Some(Condition::Capability {
        span: fields.span,
        set,
        set_span,
        operator: operator(fields)?,
        values: fields.texts("values"),
        is_namespace_capability: fields.set("isNamespaceCapability"),
    })
}

/// An entry of `matchCapabilityChanges`.
pub(super) fn capability_change(fields: &Fields) -> Option<Condition> {
    let (set, set_span) = capability_set(fields)?;
    Some(Condition::CapabilityChange {
        span: fields.span,
        set,
        set_span,
        operator: operator(fields)?,
        values: fields.texts("values"),
        is_namespace_capability: fields.set("isNamespaceCapability"),
    })
}

/// The set that is asked about, and where it is named.
fn capability_set(fields: &Fields) -> Option<(CapabilitySet, Option<Span>)> {
    let Some(word) = fields.word("type") else { return Some((CapabilitySet::Effective, None)) };
    let set = CapabilitySet::ALL.into_iter().find(|set| set.name() == word.value)?;
    Some((set, Some(word.span)))
}

/// The operator, if all of the condition was understood.
pub(super) fn operator(fields: &Fields) -> Option<Spanned<Operator>> {
    let word = fields.word("operator").filter(|_| fields.is_intact)?;
    Operator::from_name(word.value).map(|operator| Spanned::new(operator, word.span))
}
