//! What several targets ask of a text, whatever is in it.

use writ::diagnostic::{Diagnostic, Diagnostics, Severity};
use writ::engine::Engine;
use writ::parse::{self, Language};
use writ::policy::Policy;
use writ::render::{Hidden, github, gitlab, human, json, junit, sarif, short};
use writ::source::{SourceId, SourceMap, Span};

/// A text that was parsed.
pub struct Parsed {
    pub sources: SourceMap,
    pub source: SourceId,
    pub policies: Vec<Policy>,
    pub diagnostics: Diagnostics,
}

/// Parses `text`, and looks at every place that is reported.
pub fn parse(text: &str, language: Language) -> Parsed {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz", text);
    let mut diagnostics = Diagnostics::default();
    let policies = parse::parse(source, language, &sources, &mut diagnostics);
    places(diagnostics.iter(), &sources);
    Parsed { sources, source, policies, diagnostics }
}

/// Every span lies in its text, between characters; so does every edit.
pub fn places<'a>(findings: impl Iterator<Item = &'a Diagnostic>, sources: &SourceMap) {
    let fits = |span: Span| {
        let text = sources.get(span.source).map_or("", |source| source.text.as_str());
        assert!(text.get(span.range()).is_some(), "a span does not fit");
    };
    for diagnostic in findings {
        let finding = &diagnostic.finding;
        fits(finding.span);
        finding.also.iter().for_each(|(span, _)| fits(*span));
        let edits = finding.fixes.iter().filter_map(|fix| fix.edits_in(sources)).flatten();
        edits.for_each(|edit| fits(edit.span));
    }
}

/// Every form of a report, which must not let a terminal's control characters through.
pub fn render(findings: &[Diagnostic], sources: &SourceMap) {
    let style = human::Style { color: human::Color::Never, width: 100 };
    let hidden = Hidden::default();
    let forms = [
        human::render(findings, sources, style),
        short::render(findings, sources),
        json::render(findings, hidden, sources),
        sarif::render(findings, sources),
        github::render(findings, sources),
        gitlab::render(findings, sources),
        junit::render(findings, sources, Severity::Error),
    ];
    for form in forms {
        let is_unsafe = |sign: char| sign.is_control() && sign != '\n';
        assert!(!form.contains(is_unsafe), "a control character in {form:?}");
    }
}

/// Both engines, the newest and the oldest of Tetragon.
pub fn engines() -> impl Iterator<Item = Engine> {
    let names = Engine::NAMES.map(|(name, _)| name);
    let ends = [names.first().copied(), names.last().copied(), Some("tetragon")];
    ends.into_iter().flatten().filter_map(Engine::from_name)
}
