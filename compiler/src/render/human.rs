//! The form for people: source lines with underlines, drawn by miette.

mod excerpt;

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, SourceOffset, SourceSpan,
};

use crate::diagnostic::{Diagnostic, Safety, Severity, visible};
use crate::source::{Source, SourceMap, Span};
use excerpt::Excerpt;

/// The most places that are drawn beside that of the finding. Drawing takes the square of their
/// number, and nobody reads thousands.
const PLACES_MAX: usize = 50;

/// How the text may look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether ANSI colours are used.
    pub color: Color,
    /// Columns of the terminal.
    pub width: usize,
}

/// Whether ANSI colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    Always,
    Never,
}

/// Draws `diagnostics`, each with an empty line after it.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let theme = match style.color {
        Color::Always => GraphicalTheme::unicode(),
        Color::Never => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(1)
        .with_links(false);
    let visible = visible(sources);
    let drawn = visible.as_ref().unwrap_or(sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let view = View::new(diagnostic, drawn, sources);
        // Writing to a string does not fail; miette's own errors come from spans that do not fit,
        // and then the message alone is still worth having.
        if handler.render_report(&mut text, &view).is_err() {
            text.push_str(&diagnostic.finding.message);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// The sources without characters that would move what is around them; `None` when there are none.
fn visible(sources: &SourceMap) -> Option<SourceMap> {
    let name = |source: &Source| visible::escaped(source.name.clone());
    let texts: Vec<Option<String>> =
        sources.iter().map(|(_, source)| visible::replaced(&source.text)).collect();
    let is_plain =
        sources.iter().zip(&texts).all(|((_, it), text)| text.is_none() && name(it) == it.name);
    if is_plain {
        return None;
    }
    let mut visible = SourceMap::default();
    for ((_, source), text) in sources.iter().zip(texts) {
        visible.add(name(source), text.unwrap_or_else(|| source.text.clone()));
    }
    Some(visible)
}

/// A finding as miette wants to see it.
struct View<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<Excerpt<'a>>,
    help: String,
}

impl<'a> View<'a> {
    /// `drawn` are the sources as they are drawn.
    fn new(diagnostic: &'a Diagnostic, drawn: &'a SourceMap, sources: &'a SourceMap) -> Self {
        let source = drawn.get(diagnostic.finding.span.source).map(Excerpt::of);
        Self { diagnostic, source, help: help(diagnostic, sources) }
    }

    fn label(&self, span: Span, text: &str) -> LabeledSpan {
        let text = if text.is_empty() { None } else { Some(text.to_owned()) };
        // An empty span draws nothing, so the end of a line gets one column.
        let length = self.source.map_or(0, |source| source.drawn(span)).max(1);
        LabeledSpan::new_with_span(
            text,
            SourceSpan::new(SourceOffset::from(span.start as usize), length),
        )
    }
}

/// Advice first, then facts, then places in other files, which cannot be drawn in this one, then
/// what can be mended without an editor.
fn help(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let finding = &diagnostic.finding;
    let mut lines = finding.help.clone();
    lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
    for (span, text) in finding.also.iter().take(PLACES_MAX) {
        if span.source != finding.span.source {
            let (line, column) = sources.line_column(*span);
            let name = sources.get(span.source).map_or("", |source| source.name.as_str());
            let name = visible::escaped(name.to_owned());
            lines.push(format!("note: {name}:{line}:{column}: {text}"));
        }
    }
    let hidden = finding.also.len().saturating_sub(PLACES_MAX);
    if hidden > 0 {
        lines.push(format!("note: there are {hidden} more places, which `--format json` names"));
    }
    if !finding.kernels.is_empty() {
        lines.push(format!("note: on {}", finding.kernels.join(", ")));
    }
    lines.extend(super::fixes(finding, sources).map(|(fix, _)| {
        let options = match fix.safety {
            Safety::Safe => "--fix",
            Safety::Unsafe => "--fix --unsafe-fixes",
        };
        format!("fix: {} (`{options}`)", fix.title)
    }));
    lines.join("\n")
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.finding.message)
    }
}

impl std::error::Error for View<'_> {}

impl miette::Diagnostic for View<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let Diagnostic { code, finding, .. } = self.diagnostic;
        let doubt = super::doubt(finding.certainty);
        Some(Box::new(format!("{} {}{doubt}", code.id, code.name)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.help.is_empty() { None } else { Some(Box::new(&self.help)) }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let finding = &self.diagnostic.finding;
        let here = self.label(finding.span, &finding.label);
        let also = finding
            .also
            .iter()
            .take(PLACES_MAX)
            .filter(|(span, _)| span.source == finding.span.source)
            .map(|(span, text)| self.label(*span, text));
        Some(Box::new(std::iter::once(here).chain(also)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Finding, code};

    #[test]
    fn thousands_of_places_are_counted_rather_than_drawn() {
        let mut sources = SourceMap::default();
        let source = sources.add("a.yaml", "k: v\n".repeat(5_000));
        let at = |line: usize| Span::new(source, line * 5..line * 5 + 1);
        let mut finding = Finding::at(at(0), "wrong");
        for line in 1..5_000 {
            finding = finding.also(at(line), "here too");
        }
        let mut diagnostics = Diagnostics::default();
        diagnostics.add(&code::UNKNOWN_KEY, finding);
        let style = Style { color: Color::Never, width: 100 };
        let text = render(&diagnostics.into_sorted(), &sources, style);
        assert_eq!(text.matches("here too").count(), PLACES_MAX);
        assert!(text.contains("4949 more places"), "{text}");
    }
}
