//! The form for GitLab's merge requests: a code quality report.

use serde_json::{Value, json};

use crate::diagnostic::fingerprint::{self, Fingerprint};
use crate::diagnostic::{Diagnostic, Severity, visible};
use crate::source::{SourceMap, Span};

/// One JSON list, ended by a line end. GitLab shows a finding whose fingerprint is not in the target
/// branch's report as new, so fingerprints do not move with lines.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let fingerprints = fingerprint::distinct(diagnostics, sources);
    let list: Vec<Value> = diagnostics
        .iter()
        .zip(&fingerprints)
        .map(|(diagnostic, fingerprint)| issue(diagnostic, fingerprint, sources))
        .collect();
    let mut text = serde_json::to_string_pretty(&list).unwrap_or_default();
    text.push('\n');
    visible::escaped_in_json(text)
}

fn issue(diagnostic: &Diagnostic, fingerprint: &Fingerprint, sources: &SourceMap) -> Value {
    let finding = &diagnostic.finding;
    let span = finding.span;
    // GitLab wants paths without `./`.
    let path = sources.get(span.source).map_or("", |source| source.name.trim_start_matches("./"));
    let (begin, _) = sources.line_column(span);
    let (end, _) = sources.line_column(Span { start: span.end, ..span });
    json!({
        "description": description(diagnostic),
        "check_name": format!("{} {}", diagnostic.code.id, diagnostic.code.name),
        "fingerprint": fingerprint.as_str(),
        "severity": severity(diagnostic.severity),
        "location": { "path": path, "lines": { "begin": begin, "end": end } },
    })
}

/// All that GitLab shows of a finding.
fn description(diagnostic: &Diagnostic) -> String {
    let finding = &diagnostic.finding;
    let mut text = format!("{}: {}", diagnostic.code.id, finding.message);
    text.push_str(super::doubt(finding.certainty));
    if !finding.kernels.is_empty() {
        text.push_str(" on ");
        text.push_str(&finding.kernels.join(", "));
    }
    for help in &finding.help {
        text.push_str("; ");
        text.push_str(help);
    }
    text
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Finding, code};

    #[test]
    fn an_issue_has_what_gitlab_asks_for() {
        let mut sources = SourceMap::default();
        let source = sources.add("./a.yaml", "k: v\nw: \"x\"\n");
        let mut diagnostics = Diagnostics::default();
        let wrong = Finding::at(Span::new(source, 5..6), "a \"quoted\"\nword").inferred();
        diagnostics.add(&code::HOT_HOOK, wrong.help(Some("do".into())).on_kernel("6.1"));
        let list: Value =
            serde_json::from_str(&render(&diagnostics.into_sorted(), &sources)).unwrap();
        let issue = &list[0];
        assert_eq!(issue["description"], "TP0914: a \"quoted\"\nword (inferred) on 6.1; do");
        assert_eq!(issue["check_name"], "TP0914 hot-hook");
        assert_eq!(issue["severity"], "minor");
        assert_eq!(
            issue["location"],
            json!({ "path": "a.yaml", "lines": { "begin": 2, "end": 2 } })
        );
        assert_eq!(issue["fingerprint"].as_str().unwrap().len(), 32);
    }
}
