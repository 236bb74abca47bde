//! Whether a text is a template of Helm's, which is no policy before Helm has filled it in.

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::source::{SourceId, Span};
use std::ops::Range;

/// Words with which an action of Go's templates can begin, besides `.` and `$`.
const WORDS: [&str; 22] = [
    "and", "block", "coalesce", "default", "define", "else", "end", "eq", "fail", "if", "include",
    "index", "list", "lookup", "ne", "not", "or", "printf", "range", "required", "template",
    "with",
];

/// The first template action of `text`, such as `{{ .Values.name }}`.
pub(super) fn action(text: &str) -> Option<Range<usize>> {
    let end = text.rfind("}}")?;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let found = in_line(line).map(|at| line_start + at.start..line_start + at.end);
        if found.as_ref().is_some_and(|found| found.start < end) {
            return found;
        }
        line_start += line.len();
    }
    None
}

fn in_line(line: &str) -> Option<Range<usize>> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let start = line.match_indices("{{").map(|(at, _)| at).find(|&at| is_action(line, at))?;
    let rest = line.get(start..)?;
    let length = rest.find("}}").map_or(rest.trim_end().len(), |end| end + 2);
    Some(start..start + length)
}

/// Whether what follows the braces at `at` is an action, and not a mapping inside a mapping.
fn is_action(line: &str, at: usize) -> bool {
    let inside = line.get(at + 2..).unwrap_or("");
    let inside = inside.strip_prefix('-').unwrap_or(inside).trim_start();
    let word = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    inside.starts_with(['.', '$']) || inside.starts_with("/*") || WORDS.contains(&word)
}

/// Says that the text is passed over.
pub(super) fn passed_over(source: SourceId, action: Range<usize>, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::TEMPLATE,
        Finding::at(Span::new(source, action), "this template is passed over")
            .label("to be filled in by Helm")
            .help("check what it becomes: `helm template … | writ check -`".to_owned()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_actions_are_found() {
        let cases = [
            ("name: {{ .Values.name }}-x\n", Some("{{ .Values.name }}")),
            ("a: 1\n{{- if .Values.on }}\n", Some("{{- if .Values.on }}")),
            ("name: \"{{ include \"a\" . }}\"", Some("{{ include \"a\" . }}")),
            ("{{/* a\ncomment */}}", Some("{{/* a")),
            ("# {{ .Values.name }}\na: 1\n", None),
            ("a: {{b: 1}: 2}\n", None),
            ("values: [\"{{.x\"]\n", None),
            ("a: [{b: {c: 1}}]\n", None),
        ];
        for (text, expected) in cases {
            assert_eq!(action(text).and_then(|at| text.get(at)), expected, "{text}");
        }
    }
}
