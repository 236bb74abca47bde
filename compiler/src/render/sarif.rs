//! The form for GitHub code scanning and other tools that gather results: SARIF 2.1.0.

mod limit;
mod result;
mod rule;
mod text;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::fingerprint::{self, Fingerprint};
use crate::diagnostic::{Code, Diagnostic, visible};
use crate::source::SourceMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the directory in which the command runs, which should be the top of
/// the repository.
const ROOT: &str = "%SRCROOT%";

/// The document for `diagnostics`, ended by a line end. What GitHub would refuse is left out, the
/// least severe first, and a notification in the document says so.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let fingerprints = fingerprint::distinct(diagnostics, sources);
    let all: Vec<Found<'_>> = diagnostics.iter().zip(&fingerprints).collect();
    let mut most = limit::RESULTS_MAX;
    loop {
        let kept = limit::most_severe(&all, most);
        let document = document(&kept, all.len(), sources);
        // Reports are read by people too, if rarely.
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        if kept.len() < 2 || limit::is_small_enough(&text) {
            return visible::escaped_in_json(text);
        }
        most = kept.len() / 2;
    }
}

/// A finding with its fingerprint.
type Found<'a> = (&'a Diagnostic, &'a Fingerprint);

fn document(kept: &[Found<'_>], all: usize, sources: &SourceMap) -> Value {
    let codes: BTreeMap<&str, &'static Code> =
        kept.iter().map(|(diagnostic, _)| (diagnostic.code.id, diagnostic.code)).collect();
    let places: BTreeMap<&str, usize> =
        codes.keys().enumerate().map(|(place, id)| (*id, place)).collect();
    let results: Vec<Value> = kept
        .iter()
        .map(|(diagnostic, fingerprint)| {
            let rule = places.get(diagnostic.code.id).copied().unwrap_or_default();
            result::of(diagnostic, fingerprint, rule, sources)
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "writ",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.values().map(|code| rule::of(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": limit::notifications(kept.len(), all),
            }],
            "results": results,
        }],
    })
}

#[cfg(test)]
mod tests;
