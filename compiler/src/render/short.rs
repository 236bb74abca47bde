//! The form for logs: one line a finding, `file:line:column: severity[code]: message`.

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// Prints `diagnostics`, one line each.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut files = SimpleFiles::new();
    for (_, source) in sources.iter() {
        // Ids are handed out in the order of the source map, counted from 0.
        files.add(source.name.as_str(), source.text.as_str());
    }
    let config =
        term::Config { display_style: term::DisplayStyle::Short, ..term::Config::default() };
    let mut text = String::new();
    for diagnostic in diagnostics {
        let line = term::emit_into_string(&config, &files, &view(diagnostic, sources));
        text.push_str(&line.unwrap_or_else(|_| format!("{}\n", diagnostic.finding.message)));
    }
    text
}

fn view(diagnostic: &Diagnostic, sources: &SourceMap) -> codespan::Diagnostic<usize> {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let span = diagnostic.finding.span;
    // A log has one line a finding: a message that quotes the user's text may hold line ends.
    let finding = &diagnostic.finding;
    let mut message = finding.message.replace(['\n', '\r'], " ");
    message.push_str(super::doubt(finding.certainty));
    if let Some((fix, _)) = super::fixes(finding, sources).next() {
        message.push_str(" [");
        message.push_str(fix.safety.word());
        message.push_str(" fix]");
    }
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.id)
        .with_message(message)
        .with_label(codespan::Label::primary(span.source.index(), span.range()))
}
