//! The form that GitHub Actions turns into annotations: workflow commands, one line a finding.
//!
//! GitHub shows the first 10 errors, 10 warnings and 10 notices of a step, and 50 of a job; the rest
//! stand in the log only. Code scanning ([`super::sarif`]) shows more.

use crate::diagnostic::{Diagnostic, Severity, visible};
use crate::source::{SourceMap, Span};

/// The commands, one a line, in the order of `diagnostics`.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, sources)).collect()
}

fn command(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let finding = &diagnostic.finding;
    let span = finding.span;
    let file = sources.get(span.source).map_or("", |source| source.name.trim_start_matches("./"));
    let (line, column) = sources.line_column(span);
    let (end_line, end_column) = sources.line_column(Span { start: span.end, ..span });
    // Columns may only be given when all is in one line.
    let columns = if line == end_line && column < end_column {
        format!(",col={column},endColumn={end_column}")
    } else {
        String::new()
    };
    let code = diagnostic.code;
    let doubt = super::doubt(finding.certainty);
    let title = property(&format!("{} {}{doubt}", code.id, code.name));
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.help.iter().cloned());
    if !finding.kernels.is_empty() {
        lines.push(format!("on {}", finding.kernels.join(", ")));
    }
    let kind = kind(diagnostic.severity);
    let file = property(&visible::escaped(file.to_owned()));
    let message = data(&lines.join("\n"));
    format!(
        "::{kind} file={file},line={line},endLine={end_line}{columns},title={title}::{message}\n"
    )
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// A message. A percent sign begins an escape, and a line end would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, in which commas and colons are separators too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Finding, code};

    #[test]
    fn a_command_ends_where_it_should() {
        let mut sources = SourceMap::default();
        let source = sources.add("./a,b:c%.yaml", "k: v\nw: x\n");
        let mut diagnostics = Diagnostics::default();
        let wrong = Finding::at(Span::new(source, 3..4), "100%\r\n::error::x").inferred();
        diagnostics.add(&code::HOT_HOOK, wrong);
        diagnostics
            .add(&code::UNKNOWN_KEY, Finding::at(Span::new(source, 5..9), "w").on_kernel("6.1"));
        diagnostics.add(&code::MISSING_KEY, Finding::at(Span::new(source, 0..9), "long"));
        let text = render(&diagnostics.into_sorted(), &sources);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=2,title=TP0109 missing-key::long",
                "::warning file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=4,endColumn=5,\
                 title=TP0914 hot-hook (inferred)::100%25\\u{d}%0A::error::x",
                "::error file=a%2Cb%3Ac%25.yaml,line=2,endLine=2,col=1,endColumn=5,\
                 title=TP0108 unknown-key::w%0Aon 6.1",
            ]
        );
    }
}
