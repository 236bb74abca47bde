use super::*;
use crate::project::suppression::read;
use crate::source::SourceMap;

/// Findings of TP0914 at every `hot`, of TP0904 at every `pre`, errors at every `bad`; every `#`
/// begins a comment. Gives the words shown, how many findings are hidden, and what is said of the
/// suppressions, each with the text that is underlined.
fn run(text: &str) -> (Vec<&str>, usize, Vec<(&'static str, &str)>) {
    let mut sources = SourceMap::default();
    let source = sources.add("policy", text);
    let comments: Vec<Span> = text
        .match_indices('#')
        .map(|(at, _)| {
            Span::new(source, at..at + text.get(at..).unwrap().lines().next().unwrap().len())
        })
        .collect();
    let mut findings = Vec::new();
    let words = [
        (" hot", &code::HOT_HOOK),
        (" pre", &code::PREFIX_BOUNDARY),
        (" bad", &code::UNKNOWN_FUNCTION),
    ];
    for (word, code) in words {
        findings.extend(text.match_indices(word).map(|(at, _)| Diagnostic {
            code,
            severity: code.severity,
            finding: Finding::at(Span::new(source, at + 1..at + word.len()), "message"),
        }));
    }
    let mut diagnostics = Diagnostics::default();
    let suppressions = read(&comments, &sources, &mut diagnostics);
    let result = suppress(findings, &suppressions, Date::parse("2027-01-31"), &mut diagnostics);
    let slice = |span: Span| text.get(span.range()).unwrap();
    let shown = result.shown.iter().map(|diagnostic| slice(diagnostic.finding.span)).collect();
    let said = diagnostics.into_sorted().into_iter();
    let said = said.map(|diagnostic| (diagnostic.code.id, slice(diagnostic.finding.span)));
    (shown, result.hidden.len(), said.collect())
}

#[test]
fn a_line_and_a_file_are_hidden() {
    assert_eq!(run("- hot # writ: allow(hot-hook): why\n- hot\n"), (vec!["hot"], 1, vec![]));
    assert_eq!(run("# writ: allow(hot-hook): why\n- hot\n- hot\n"), (vec!["hot"], 1, vec![]));
    assert_eq!(
        run("# writ: allow-file(TP0914): why\n- hot\n- hot\n- pre"),
        (vec!["pre"], 2, vec![])
    );
    let several = "# writ: allow(hot-hook): why\n# writ: allow(TP0904): why\n- hot pre\n";
    assert_eq!(run(several), (vec![], 2, vec![]));
    assert_eq!(run("# writ: allow(hot-hook, TP0904): why\n- hot pre hot\n"), (vec![], 3, vec![]));
}

#[test]
fn on_its_last_day_a_suppression_still_holds() {
    assert_eq!(run("- hot # writ: allow(hot-hook) until 2027-01-31: why"), (vec![], 1, vec![]));
}

#[test]
fn after_its_last_day_the_finding_is_back() {
    let (shown, hidden, said) = run("- hot # writ: allow(hot-hook) until 2027-01-30: why");
    assert_eq!((shown, hidden, said), (vec!["hot"], 0, vec![("TP0019", "2027-01-30")]));
}

#[test]
fn a_suppression_that_hides_nothing_is_reported() {
    let comment = "# writ: allow(hot-hook): why";
    assert_eq!(run(&format!("- pre\n{comment}\n- none")).2, [("TP0020", comment)]);
    let two = "# writ: allow(hot-hook, TP0904): why";
    assert_eq!(run(&format!("{two}\n- hot")).2, [("TP0020", "TP0904")]);
    assert_eq!(run(&format!("{two}\n- none")).2, [("TP0020", two)]);
    // One that has ended and would hide nothing is of no use either.
    let ended = "# writ: allow(hot-hook) until 2020-01-01: why";
    assert_eq!(run(&format!("{ended}\n- none")).2, [("TP0020", ended)]);
}

#[test]
fn errors_stay_and_the_suppression_is_told_so() {
    let (shown, hidden, said) = run("- bad # writ: allow(unknown-function): why");
    assert_eq!((shown, hidden, said), (vec!["bad"], 0, vec![("TP0021", "unknown-function")]));
}

#[test]
fn many_suppressions_take_no_longer_than_they_are_long() {
    let count = 20_000;
    let comments = "# writ: allow(hot-hook, TP0904): why\n".repeat(count);
    let files = "# writ: allow-file(hot-hook): why\n".repeat(count);
    let (shown, hidden, said) = run_owned(&format!("{comments}{files}-{}\n", " hot".repeat(count)));
    assert_eq!((shown, hidden), (0, count));
    // All but the first hide nothing, and of the first one code.
    assert_eq!(said, 2 * count);
}

fn run_owned(text: &str) -> (usize, usize, usize) {
    let (shown, hidden, said) = run(text);
    (shown.len(), hidden, said.len())
}

#[test]
fn an_error_may_be_why_a_suppression_hides_nothing() {
    assert_eq!(run("# writ: allow(hot-hook): why\n- none\n- bad").2, []);
}
