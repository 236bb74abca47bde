//! Questions about namespaces that Tetragon does not take.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::{NAMESPACE_CHANGES, NAMESPACE_FILTERS, NAMESPACES};
use crate::policy::Condition;
use crate::source::{Span, Spanned};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_NAMESPACE_FILTER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_large = subject.target.is_large();
    let most = if is_large { NAMESPACE_FILTERS.large } else { NAMESPACE_FILTERS.small }.number();
    for part in parts(subject.policy) {
        let (mut namespaces, mut changes) = (Vec::new(), Vec::new());
        for condition in &part.conditions {
            match condition {
                Condition::Namespace { span, values: list, .. } => {
                    namespaces.push(*span);
                    values(list, findings);
                }
                Condition::NamespaceChange { span, .. } => changes.push(*span),
                _ => {}
            }
        }
        let words = format!("matchNamespace supports up to {most} filters");
        count(&namespaces, most, "matchNamespaces", &words, findings);
        if is_large {
            let most = NAMESPACE_CHANGES.large.number();
            let words = "matchNamespaceChanges supports only a single filter";
            count(&changes, most, "matchNamespaceChanges", words, findings);
        }
    }
}

fn count(list: &[Span], most: usize, key: &str, words: &str, findings: &mut Findings<'_>) {
    let Some(extra) = list.get(most) else { return };
    let entries = if most == 1 { "entry" } else { "entries" };
    findings.add(
        Finding::at(*extra, format!("`{key}` can have {most} {entries}, not {}", list.len()))
            .label("too many from here on")
            .note(says(words)),
    );
}

fn values(values: &[Spanned<String>], findings: &mut Findings<'_>) {
    let most = NAMESPACES.large.number();
    if let Some(extra) = values.get(most) {
        findings.add(
            Finding::at(
                extra.span,
                format!("{most} namespaces can be named, not {}", values.len()),
            )
            .label("too many from here on")
            .note(says("matchNamespace supports up to 4 values per filter")),
        );
    }
    for value in values {
        let text = &value.value;
        let is_number = text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u32>().is_ok();
        if text != "host_ns" && !is_number {
            findings.add(
                Finding::at(value.span, format!("`{text}` is no namespace"))
                    .label("not a number and not `host_ns`")
                    .note(says("values for matchNamespace can only be numeric or \"host_ns\"")),
            );
        }
    }
}
