//! The form for programs: one JSON document, whose layout has a version and a schema.

use serde::Serialize;

use super::Hidden;
use crate::diagnostic::{self, Diagnostic, Severity, TetragonAnswer, visible};
use crate::source::{SourceMap, Span};

/// The version of the layout. It grows when a field changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("../../schemas/report.schema.json");

/// The whole document.
#[derive(Debug, Serialize)]
struct Report<'a> {
    format: u32,
    tool: &'static str,
    version: &'static str,
    /// Findings that are not shown.
    suppressed: usize,
    known: usize,
    findings: Vec<Finding<'a>>,
}

#[derive(Debug, Serialize)]
struct Finding<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    place: Place<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Also<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    help: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    kernels: &'a [String],
    certainty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tetragon: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

/// All of its edits, or none.
#[derive(Debug, Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Debug, Serialize)]
struct Edit<'a> {
    place: Place<'a>,
    replacement: String,
}

#[derive(Debug, Serialize)]
struct Also<'a> {
    place: Place<'a>,
    message: &'a str,
}

/// Lines and columns count from 1, columns in characters; the end is after the last character.
#[derive(Debug, Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// Offsets in bytes.
    start: u32,
    end: u32,
}

/// The document for `diagnostics`, ended by a line end.
pub fn render(diagnostics: &[Diagnostic], hidden: Hidden, sources: &SourceMap) -> String {
    let findings = diagnostics.iter().map(|diagnostic| finding(diagnostic, sources)).collect();
    let Hidden { suppressed, known } = hidden;
    let version = env!("CARGO_PKG_VERSION");
    let report = Report { format: FORMAT, tool: "writ", version, suppressed, known, findings };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    visible::escaped_in_json(text)
}

/// The word for a severity in every form for programs.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Finding<'a> {
    let finding = &diagnostic.finding;
    Finding {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        severity: severity(diagnostic.severity),
        message: &finding.message,
        label: &finding.label,
        place: place(finding.span, sources),
        also: finding
            .also
            .iter()
            .map(|(span, message)| Also { place: place(*span, sources), message })
            .collect(),
        help: &finding.help,
        notes: &finding.notes,
        kernels: &finding.kernels,
        certainty: finding.certainty.word(),
        tetragon: finding.tetragon.map(TetragonAnswer::word),
        fixes: super::fixes(finding, sources).map(|(it, edits)| fix(it, edits, sources)).collect(),
    }
}

fn fix<'a>(
    fix: &'a diagnostic::Fix,
    edits: Vec<diagnostic::Edit>,
    sources: &'a SourceMap,
) -> Fix<'a> {
    let edits = edits
        .into_iter()
        .map(|edit| Edit { place: place(edit.span, sources), replacement: edit.replacement })
        .collect();
    Fix { title: &fix.title, safety: fix.safety.word(), edits }
}

fn place(span: Span, sources: &SourceMap) -> Place<'_> {
    let (line, column) = sources.line_column(span);
    let (end_line, end_column) = sources.line_column(Span { start: span.end, ..span });
    let file = sources.get(span.source).map_or("", |source| source.name.as_str());
    Place { file, line, column, end_line, end_column, start: span.start, end: span.end }
}
