use super::*;
use crate::diagnostic::Severity;

/// A file with findings of TP0914 at every `hot` and errors at every `bad`.
struct File {
    sources: SourceMap,
    findings: Vec<Diagnostic>,
}

fn file(text: &str) -> File {
    let mut sources = SourceMap::default();
    let source = sources.add("a.yaml", text);
    let mut findings = Vec::new();
    for (word, code) in [("hot", &code::HOT_HOOK), ("bad", &code::UNKNOWN_FUNCTION)] {
        findings.extend(text.match_indices(word).map(|(at, _)| Diagnostic {
            code,
            severity: code.severity,
            finding: Finding::at(Span::new(source, at..at + word.len()), "message"),
        }));
    }
    File { sources, findings }
}

fn name(_: SourceId) -> String {
    "a.yaml".into()
}

fn baseline(text: &str) -> String {
    let file = file(text);
    Baseline::of(&file.findings, name, &file.sources).write()
}

/// How many findings of `text` are new and how many known, and what the run says of the baseline.
fn compare(written: &str, text: &str) -> (usize, usize, Vec<&'static str>) {
    let mut file = file(text);
    let mut diagnostics = Diagnostics::default();
    let source = file.sources.add("baseline", written);
    let baseline = Baseline::read(source, &file.sources, &mut diagnostics);
    let searched = BTreeSet::from(["a.yaml".to_owned()]);
    let compared =
        baseline.compare(file.findings, name, &searched, &file.sources, &mut diagnostics);
    let codes = diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
    (compared.shown.len(), compared.known.len(), codes)
}

#[test]
fn what_is_written_is_known_wherever_it_moves() {
    let written = baseline("- hot one\n- bad two\n");
    assert_eq!(compare(&written, "# more\n\n  - bad two\n  - hot one\n"), (0, 2, vec![]));
}

#[test]
fn the_form_is_one_sorted_object_a_line() {
    let written = baseline("- hot\n- hot\n- bad\n");
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], r#"{"baseline":1}"#);
    assert!(
        lines[1].starts_with(r#"{"file":"a.yaml","code":"TP0201","fingerprint":""#),
        "{written}"
    );
    assert!(lines[2].ends_with(r#","count":2}"#), "{written}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn one_more_of_a_known_kind_is_new() {
    assert_eq!(compare(&baseline("- hot\n"), "- hot\n- hot\n"), (1, 1, vec![]));
}

#[test]
fn what_is_gone_is_reported_once_an_entry() {
    let written = baseline("- hot\n- hot\n- hot two\n");
    assert_eq!(compare(&written, "- hot\n"), (0, 1, vec!["TP0023", "TP0023"]));
}

#[test]
fn a_new_error_may_hide_what_seems_gone() {
    assert_eq!(compare(&baseline("- hot\n"), "- bad\n"), (1, 0, vec![]));
}

#[test]
fn of_files_that_were_not_searched_nothing_is_said_and_all_is_kept() {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("baseline", baseline("- hot\n"));
    let known = Baseline::read(source, &sources, &mut diagnostics);
    known.compare(vec![], name, &BTreeSet::new(), &sources, &mut diagnostics);
    assert!(diagnostics.is_empty());
    let mut anew = Baseline::default();
    anew.keep(known.clone(), |file| file != "a.yaml");
    assert_eq!(anew.count(), 0);
    anew.keep(known, |file| file == "a.yaml");
    assert_eq!(anew.count(), 1);
}

#[test]
fn two_branches_can_both_add() {
    let written = baseline("- hot\n- hot two\n");
    let merged = written.clone() + written.lines().last().unwrap();
    assert_eq!(compare(&merged, "- hot\n- hot two\n"), (0, 2, vec![]));
}

#[test]
fn lines_that_cannot_be_read_are_reported() {
    let conflict = baseline("- hot\n") + "<<<<<<< ours\n{\"file\":3}\n\n";
    assert_eq!(compare(&conflict, "- hot\n"), (0, 1, vec!["TP0022", "TP0022"]));
    assert_eq!(compare("{\"baseline\":2}\n", ""), (0, 0, vec!["TP0022"]));
    assert_eq!(compare("nonsense", "- hot\n").2, ["TP0022"]);
}

#[test]
fn severity_is_no_part_of_what_is_known() {
    let mut one = file("- hot\n");
    one.findings[0].severity = Severity::Error;
    let written = Baseline::of(&one.findings, name, &one.sources).write();
    assert_eq!(compare(&written, "- hot\n"), (0, 1, vec![]));
}
