//! What is claimed of a finding that holds on some kernels.

use super::*;
use crate::diagnostic::{Certainty, Code, TetragonAnswer, code};
use crate::source::{SourceMap, Span};

fn span() -> Span {
    Span::new(SourceMap::default().add("a.yaml", "text"), 0..4)
}

fn on(kernel: &str, findings: Vec<Finding>) -> (String, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let code: &'static Code = &code::HOT_HOOK;
    for finding in findings {
        diagnostics.add(code, finding);
    }
    (kernel.to_owned(), diagnostics)
}

fn only(per_kernel: Vec<(String, Diagnostics)>) -> Finding {
    let mut list = merge(Diagnostics::default(), per_kernel);
    assert_eq!(list.len(), 1);
    list.remove(0).finding
}

fn wrong() -> Finding {
    Finding::at(span(), "wrong")
}

fn fix(word: &str) -> Fix {
    Fix::safe(word).replace(span(), word)
}

#[test]
fn no_more_is_claimed_than_holds_on_every_kernel() {
    let merged = only(vec![on("5.10", vec![wrong()]), on("6.1", vec![wrong().unknown()])]);
    assert_eq!(merged.certainty, Certainty::Unknown);
}

#[test]
fn tetragon_refuses_what_it_refuses_on_one_kernel() {
    let answer = |answer| wrong().tetragon(answer);
    let merged = only(vec![
        on("5.10", vec![answer(TetragonAnswer::Refuses)]),
        on("6.1", vec![answer(TetragonAnswer::Accepts)]),
    ]);
    assert_eq!(merged.tetragon, Some(TetragonAnswer::Refuses));
}

#[test]
fn a_fix_on_which_all_kernels_agree_stays_safe() {
    let found = || vec![wrong().fix(fix("new"))];
    let merged = only(vec![on("5.10", found()), on("6.1", found())]);
    assert_eq!(merged.fixes, [fix("new")]);
}

#[test]
fn a_fix_that_another_kernel_does_not_ask_for_is_not_safe() {
    let merged = only(vec![on("5.10", vec![wrong().fix(fix("new"))]), on("6.1", vec![])]);
    assert_eq!(merged.fixes[0].safety, Safety::Unsafe);
}

#[test]
fn fixes_that_differ_are_all_kept_and_none_is_safe() {
    let found = |word| vec![wrong().fix(fix(word))];
    let merged = only(vec![on("5.10", found("old")), on("6.1", found("new"))]);
    let titles: Vec<&str> = merged.fixes.iter().map(|fix| fix.title.as_str()).collect();
    assert_eq!(titles, ["old", "new"]);
    assert!(merged.fixes.iter().all(|fix| fix.safety == Safety::Unsafe));
}
