//! The form for logs: one line a finding, `file:line:column: severity[code]: message`.

use super::json;
use crate::diagnostic::{Diagnostic, visible};
use crate::source::SourceMap;

/// Prints `diagnostics`, one line each.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|diagnostic| line(diagnostic, sources)).collect()
}

fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let finding = &diagnostic.finding;
    let file = sources.get(finding.span.source).map_or("", |source| source.name.as_str());
    let file = on_one_line(&visible::escaped(file.to_owned()));
    let (line, column) = sources.line_column(finding.span);
    let severity = json::severity(diagnostic.severity);
    let code = diagnostic.code.id;
    let message = on_one_line(&finding.message);
    let doubt = super::doubt(finding.certainty);
    let fix = super::fixes(finding, sources).next();
    let fix = fix.map_or(String::new(), |(fix, _)| format!(" [{} fix]", fix.safety.word()));
    format!("{file}:{line}:{column}: {severity}[{code}]: {message}{doubt}{fix}\n")
}

/// A log has one line a finding, and what quotes the user's text may hold line ends.
fn on_one_line(text: &str) -> String {
    text.replace('\n', " ")
}
