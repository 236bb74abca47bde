//! A code as a SARIF rule, with its page as help.

use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::render::json::severity;

/// The rule. Its texts are shown beside each result, and need no network.
pub(super) fn of(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": code.summary },
        "fullDescription": { "text": introduction(code) },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": severity(code.severity) },
        "properties": {
            "tags": ["security", area(code)],
            "problem.severity": problem_severity(code),
        },
    })
}

/// The paragraph below the page's title.
fn introduction(code: &Code) -> &str {
    let mut paragraphs = code.page.split("\n\n").skip(1);
    paragraphs.next().map_or(code.summary, str::trim)
}

/// GitHub's own words for the severity of a rule that is not about a vulnerability.
fn problem_severity(code: &Code) -> &'static str {
    match code.severity {
        crate::diagnostic::Severity::Error => "error",
        crate::diagnostic::Severity::Warning => "warning",
        crate::diagnostic::Severity::Note => "recommendation",
    }
}

/// The hundred that the code's number is in.
fn area(code: &Code) -> &'static str {
    match code.id.get(..4) {
        Some("TP00") => "files",
        Some("TP01") => "syntax",
        Some("TP02") => "names",
        Some("TP03") => "types",
        Some("TP04") => "kernel-features",
        Some("TP05") => "limits",
        Some("TP06") => "actions",
        Some("TP07") => "bundle",
        Some("TP08") => "tetragon",
        Some(_) | None => "lints",
    }
}
