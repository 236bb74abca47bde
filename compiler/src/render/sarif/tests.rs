//! What matters to who reads the report; that it follows the official schema is tested with the
//! command.

use super::*;
use crate::diagnostic::{Diagnostics, Finding, Fix, code};
use crate::source::Span;

fn report(text: &str, finding: impl Fn(Span) -> Finding) -> Value {
    let mut sources = SourceMap::default();
    let source = sources.add("./policies/my file.yaml", text);
    let start = text.find("here").unwrap();
    let mut diagnostics = Diagnostics::default();
    diagnostics.add(&code::HOT_HOOK, finding(Span::new(source, start..start + 4)));
    serde_json::from_str(&render(&diagnostics.into_sorted(), &sources)).unwrap()
}

fn first(report: &Value) -> &Value {
    &report["runs"][0]["results"][0]
}

#[test]
fn a_result_says_where_it_is_in_characters() {
    let report = report("a: 1\né: here\n", |span| Finding::at(span, "wrong"));
    let place = &first(&report)["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "policies/my%20file.yaml");
    let region = &place["region"];
    let numbers = ["startLine", "startColumn", "endLine", "endColumn"];
    assert_eq!(numbers.map(|key| region[key].as_u64().unwrap()), [2, 4, 2, 8]);
}

#[test]
fn a_result_is_known_again_when_its_line_moves() {
    let wrong = |span| Finding::at(span, "wrong");
    let [before, after] = ["v: here", "# new\n\nv: here"].map(|text| report(text, wrong));
    assert_eq!(first(&before)["partialFingerprints"], first(&after)["partialFingerprints"]);
}

#[test]
fn a_rule_has_its_page_as_help() {
    let report = report("here", |span| Finding::at(span, "wrong"));
    let rule = &report["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], code::HOT_HOOK.id);
    assert_eq!(rule["help"]["markdown"], code::HOT_HOOK.page);
    assert_eq!(first(&report)["ruleIndex"], 0);
}

#[test]
fn a_fix_says_what_goes_and_what_comes() {
    let report = report("v:\n- here\n- there\n", |span| {
        Finding::at(span, "wrong").fix(Fix::safe("remove it").remove_item(span))
    });
    let replacement = &first(&report)["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"]["startLine"], 2);
    assert_eq!(replacement["deletedRegion"]["endLine"], 3);
    assert_eq!(replacement["insertedContent"]["text"], "");
}

#[test]
fn what_would_be_a_link_or_a_placeholder_is_taken_literally() {
    assert_eq!(text::escaped("`{0}` [a](1)"), "`{{0}}` \\[a\\](1)");
    assert_eq!(text::escaped("[a]"), "[a]");
}

#[test]
fn a_path_becomes_a_uri() {
    assert_eq!(text::uri("a b/ü.yaml"), text::Uri::Relative("a%20b/%C3%BC.yaml".into()));
    assert_eq!(text::uri("/a:b"), text::Uri::Absolute("file:///a%3Ab".into()));
}

#[test]
fn more_results_than_are_taken_are_left_out_least_severe_first() {
    let mut sources = SourceMap::default();
    let text = "x\n".repeat(limit::RESULTS_MAX + 2);
    let source = sources.add("a.yaml", text.as_str());
    let mut diagnostics = Diagnostics::default();
    for at in (0..text.len()).step_by(2) {
        let last = at + 2 == text.len();
        let code = if last { &code::UNKNOWN_KEY } else { &code::HOT_HOOK };
        diagnostics.add(code, Finding::at(Span::new(source, at..at), "wrong"));
    }
    let report: Value =
        serde_json::from_str(&render(&diagnostics.into_sorted(), &sources)).unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), limit::RESULTS_MAX);
    assert_eq!(results.last().unwrap()["level"], "error");
    let notes = &report["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("25000 of 25002"));
}
