//! The form for logs: one line a finding, `file:line:column: severity[code]: message`.

use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term;

use crate::diagnostic::{Diagnostic, Severity, visible};
use crate::source::{SourceId, SourceMap, Span};

/// Prints `diagnostics`, one line each.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let config =
        term::Config { display_style: term::DisplayStyle::Short, ..term::Config::default() };
    let files = Places(sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let line = term::emit_into_string(&config, &files, &view(diagnostic, sources));
        text.push_str(&line.unwrap_or_else(|_| format!("{}\n", diagnostic.finding.message)));
    }
    text
}

fn view(diagnostic: &Diagnostic, sources: &SourceMap) -> codespan::Diagnostic<SourceId> {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let finding = &diagnostic.finding;
    let message = on_one_line(&finding.message);
    let doubt = super::doubt(finding.certainty);
    let fix = super::fixes(finding, sources).next();
    let fix = fix.map_or(String::new(), |(fix, _)| format!(" [{} fix]", fix.safety.word()));
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.id)
        .with_message(format!("{message}{doubt}{fix}"))
        .with_label(codespan::Label::primary(finding.span.source, finding.span.range()))
}

/// A log has one line a finding, and what quotes the user's text may hold line ends.
fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The sources as codespan asks for them. Columns come from the source map's own index, since
/// counting them from the start of a long line for each finding would take too long.
struct Places<'a>(&'a SourceMap);

impl<'a> Files<'a> for Places<'a> {
    type FileId = SourceId;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: SourceId) -> Result<String, Error> {
        let source = self.0.get(id).ok_or(Error::FileMissing)?;
        Ok(on_one_line(&visible::escaped(source.name.clone())))
    }

    fn source(&'a self, id: SourceId) -> Result<&'a str, Error> {
        Ok(self.0.get(id).ok_or(Error::FileMissing)?.text.as_str())
    }

    fn line_index(&'a self, id: SourceId, byte_index: usize) -> Result<usize, Error> {
        Ok(self.0.get(id).ok_or(Error::FileMissing)?.lines.number(byte_index))
    }

    fn column_number(
        &'a self,
        id: SourceId,
        _line_index: usize,
        byte_index: usize,
    ) -> Result<usize, Error> {
        Ok(self.0.line_column(Span::new(id, byte_index..byte_index)).1)
    }

    fn line_range(&'a self, id: SourceId, line_index: usize) -> Result<Range<usize>, Error> {
        let source = self.0.get(id).ok_or(Error::FileMissing)?;
        let start = source.lines.start(line_index);
        let end = if line_index + 1 < source.lines.count() {
            source.lines.start(line_index + 1)
        } else {
            source.text.len()
        };
        Ok(start..end)
    }
}
