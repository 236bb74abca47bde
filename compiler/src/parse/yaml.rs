//! TracingPolicy documents: YAML text to [`Policy`].
//!
//! ```text
//!  text ─reader→ nodes ─conform→ fields ─document→ policy
//!                          ↑
//!                        schema
//! ```
//!
//! Every finding about form comes from comparing nodes with the schema; what remains for the typed
//! walk is what a schema cannot say.

mod action;
mod api_version;
mod argument;
mod comment;
mod condition;
mod conform;
mod document;
mod fields;
mod findings;
mod hook;
mod inside;
mod kind;
mod list;
mod message;
mod name;
mod nodes;
mod option;
mod position;
mod process;
mod reader;
mod scalar;
pub mod schema;
mod schema_table;
mod selector;
mod template;
mod whole;
mod workload;

pub use comment::comments;

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::Policy;
use crate::source::{SourceId, SourceMap, Span};
use std::collections::BTreeMap;

/// Where a document's mistakes are collected, and the text that they are in.
struct Report<'d> {
    diagnostics: &'d mut Diagnostics,
    /// All of the source.
    text: &'d str,
    /// The section of hooks that is read; empty elsewhere.
    section: &'static str,
}

/// Reads every `TracingPolicy` and `TracingPolicyNamespaced` of a source.
///
/// What is guaranteed and what is left out when there are mistakes: see [`super::parse`].
pub fn parse(source: SourceId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Vec<Policy> {
    let text = sources.get(source).map_or("", |source| source.text.as_str());
    let Some(action) = template::action(text) else { return read(source, text, diagnostics) };
    // Braces in a message do not make a policy a template.
    let mut findings = Diagnostics::default();
    let policies = read(source, text, &mut findings);
    if findings.gate(()).is_err() {
        template::passed_over(source, action, diagnostics);
        return Vec::new();
    }
    diagnostics.append(findings);
    policies
}

fn read(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Policy> {
    let documents = reader::documents(source, text, diagnostics);
    let policies: Vec<Policy> = kind::policies(&documents, diagnostics)
        .into_iter()
        .filter_map(|(kind, document)| {
            document::policy(kind, document, &mut Report { diagnostics, text, section: "" })
        })
        .collect();
    check_names(&policies, diagnostics);
    policies
}

/// Policies are told apart by namespace and name.
fn check_names(policies: &[Policy], diagnostics: &mut Diagnostics) {
    let mut places: BTreeMap<(Option<&str>, &str), Span> = BTreeMap::new();
    for policy in policies.iter().filter(|policy| !policy.name.value.is_empty()) {
        let namespace = policy.namespace.as_ref().map(|namespace| namespace.value.as_str());
        let name = policy.name.value.as_str();
        let first = *places.entry((namespace, name)).or_insert(policy.name.span);
        if first != policy.name.span {
            diagnostics.add(
                &code::DUPLICATE_POLICY,
                Finding::at(policy.name.span, format!("two policies are named `{name}`"))
                    .label("again here")
                    .also(first, "first here")
                    .help("give one of them another name".to_owned()),
            );
        }
    }
}

#[cfg(test)]
mod tests;
