//! A finding as a SARIF result.

use serde_json::{Map, Value, json};

use super::{ROOT, text};
use crate::diagnostic::fingerprint::Fingerprint;
use crate::diagnostic::{Diagnostic, Edit, Finding, Fix, TetragonAnswer};
use crate::render::json::severity;
use crate::source::{SourceMap, Span};

/// The result; `rule` is the place of its rule in the list of rules.
pub(super) fn of(
    diagnostic: &Diagnostic,
    fingerprint: &Fingerprint,
    rule: usize,
    sources: &SourceMap,
) -> Value {
    let finding = &diagnostic.finding;
    let mut location = json!({ "physicalLocation": physical(finding.span, sources) });
    if !finding.label.is_empty() {
        set(&mut location, "message", json!({ "text": text::escaped(&finding.label) }));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "ruleIndex": rule,
        "level": severity(diagnostic.severity),
        "message": { "text": text::escaped(&words(finding)) },
        "locations": [location],
        // GitHub knows a result again by this one; the number counts results that are alike, and
        // these never are.
        "partialFingerprints": { "primaryLocationLineHash": format!("{fingerprint}:1") },
        "properties": {
            "certainty": finding.certainty.word(),
            "kernels": finding.kernels,
            "tetragon": finding.tetragon.map(TetragonAnswer::word),
        },
    });
    if !finding.also.is_empty() {
        set(&mut result, "relatedLocations", related(finding, sources));
    }
    let fixes: Vec<Value> = crate::render::fixes(finding, sources)
        .map(|(of, edits)| fix(of, &edits, sources))
        .collect();
    if !fixes.is_empty() {
        set(&mut result, "fixes", Value::Array(fixes));
    }
    result
}

/// The message, then advice and facts on lines of their own. Where there is little room, only the
/// first sentence is shown.
fn words(finding: &Finding) -> String {
    let mut lines = vec![format!("{}.", finding.message)];
    lines.extend(finding.help.iter().map(|help| format!("Help: {help}.").replace("?.", "?")));
    lines.extend(finding.notes.iter().map(|note| format!("Note: {note}.")));
    if !finding.kernels.is_empty() {
        lines.push(format!("On {}.", finding.kernels.join(", ")));
    }
    lines.push(match finding.certainty {
        crate::diagnostic::Certainty::Proven => return lines.join("\n"),
        doubt
        @ (crate::diagnostic::Certainty::Inferred | crate::diagnostic::Certainty::Unknown) => {
            format!("Certainty: {}.", doubt.word())
        }
    });
    lines.join("\n")
}

fn related(finding: &Finding, sources: &SourceMap) -> Value {
    let places = finding.also.iter().enumerate().map(|(place, (span, label))| {
        json!({
            "id": place,
            "physicalLocation": physical(*span, sources),
            "message": { "text": text::escaped(label) },
        })
    });
    places.collect()
}

fn fix(fix: &Fix, edits: &[Edit], sources: &SourceMap) -> Value {
    let mut changes: Vec<Value> = Vec::new();
    // Edits are ordered by place, so those of one file stand together.
    for edits in edits.chunk_by(|a, b| a.span.source == b.span.source) {
        let Some(first) = edits.first() else { continue };
        let replacements = edits.iter().map(|edit| {
            json!({
                "deletedRegion": region(edit.span, sources),
                "insertedContent": { "text": edit.replacement },
            })
        });
        changes.push(json!({
            "artifactLocation": artifact(first.span, sources),
            "replacements": replacements.collect::<Vec<_>>(),
        }));
    }
    json!({
        "description": { "text": text::escaped(&fix.title) },
        "artifactChanges": changes,
        "properties": { "safety": fix.safety.word() },
    })
}

fn physical(span: Span, sources: &SourceMap) -> Value {
    json!({ "artifactLocation": artifact(span, sources), "region": region(span, sources) })
}

fn artifact(span: Span, sources: &SourceMap) -> Value {
    let name = sources.get(span.source).map_or("", |source| source.name.as_str());
    match text::uri(name) {
        text::Uri::Relative(uri) => json!({ "uri": uri, "uriBaseId": ROOT }),
        text::Uri::Absolute(uri) => json!({ "uri": uri }),
    }
}

/// Lines and columns count from 1; the end column is after the last character.
fn region(span: Span, sources: &SourceMap) -> Value {
    let (line, column) = sources.line_column(span);
    let (end_line, end_column) = sources.line_column(Span { start: span.end, ..span });
    json!({
        "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
    })
}

fn set(object: &mut Value, key: &str, value: Value) {
    object.as_object_mut().unwrap_or(&mut Map::new()).insert(key.to_owned(), value);
}
