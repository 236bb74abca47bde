//! Our findings and answers in the words of the protocol.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, DiagnosticRelatedInformation,
    DiagnosticSeverity, Documentation, Location, MarkupContent, MarkupKind, NumberOrString,
    TextEdit, Uri,
};

use super::position::Places;
use crate::diagnostic::{Certainty, Diagnostic, Severity};
use crate::editor::{Completion, CompletionKind};

/// A finding. Other places are in the same document: a document is checked alone.
pub(super) fn diagnostic(
    diagnostic: &Diagnostic,
    places: &Places<'_>,
    uri: &Uri,
) -> lsp_types::Diagnostic {
    let finding = &diagnostic.finding;
    let related = finding.also.iter().map(|(span, message)| DiagnosticRelatedInformation {
        location: Location::new(uri.clone(), places.range(span.range())),
        message: message.clone(),
    });
    let related: Vec<_> = related.collect();
    lsp_types::Diagnostic {
        range: places.range(finding.span.range()),
        severity: Some(severity(diagnostic.severity)),
        code: Some(NumberOrString::String(diagnostic.code.id.to_owned())),
        source: Some("writ".to_owned()),
        message: message(diagnostic),
        related_information: (!related.is_empty()).then_some(related),
        ..lsp_types::Diagnostic::default()
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    }
}

/// All that `writ check` says beside the underlined line.
fn message(diagnostic: &Diagnostic) -> String {
    let finding = &diagnostic.finding;
    let mut lines = vec![finding.message.clone()];
    if !finding.label.is_empty() {
        lines.push(finding.label.clone());
    }
    if finding.certainty != Certainty::Proven {
        lines.push(format!("certainty: {}", finding.certainty.word()));
    }
    if !finding.kernels.is_empty() {
        lines.push(format!("on kernel {}", finding.kernels.join(", ")));
    }
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

/// A thing that could stand at the cursor, as the one with this `rank` of those offered.
pub(super) fn completion(from: Completion, rank: usize, places: &Places<'_>) -> CompletionItem {
    let edit = TextEdit::new(places.range(from.replaces), from.inserts);
    CompletionItem {
        label: from.label,
        kind: Some(kind(from.kind)),
        detail: from.detail,
        documentation: from.documentation.map(|text| Documentation::MarkupContent(markdown(text))),
        sort_text: Some(format!("{rank:05}")),
        text_edit: Some(CompletionTextEdit::Edit(edit)),
        ..CompletionItem::default()
    }
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Key => CompletionItemKind::PROPERTY,
        CompletionKind::Word => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Hook => CompletionItemKind::FUNCTION,
        CompletionKind::Parameter => CompletionItemKind::VARIABLE,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Name => CompletionItemKind::CONSTANT,
    }
}

/// Text for a person, as Markdown.
pub(super) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}
