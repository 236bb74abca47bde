//! Which of several fixes are made.

use super::*;
use crate::diagnostic::{Diagnostics, Finding, Fix, code};
use crate::source::Span;

/// The text after the fixes that `fixes` makes of `text`, and what is said about it.
fn planned(
    text: &str,
    permitted: Safety,
    fixes: impl Fn(&dyn Fn(&str) -> Span) -> Vec<Fix>,
) -> (String, String) {
    let mut sources = SourceMap::default();
    let source = sources.add("a.yaml", text);
    let place = |word: &str| {
        let start = text.find(word).unwrap();
        Span::new(source, start..start + word.len())
    };
    let mut diagnostics = Diagnostics::default();
    for fix in fixes(&place) {
        diagnostics.add(&code::HOT_HOOK, Finding::at(fix.edits[0].span, "wrong").fix(fix));
    }
    let plan = Plan::of(&diagnostics.into_sorted(), &sources, permitted);
    let new = plan.texts.first().map_or(text.to_owned(), |(_, new)| new.clone());
    (new, plan.words("applied"))
}

#[test]
fn edits_of_several_findings_are_made_at_once() {
    let (text, words) = planned("a: bb\nc: [dd, ee]\n", Safety::Safe, |at| {
        vec![Fix::safe("w").replace(at("bb"), "longer"), Fix::safe("w").remove_item(at("ee"))]
    });
    assert_eq!(text, "a: longer\nc: [dd]\n");
    assert_eq!(words, "2 fixes applied in 1 file");
}

#[test]
fn a_fix_that_is_not_safe_needs_permission() {
    let fixes = |at: &dyn Fn(&str) -> Span| vec![Fix::not_safe("w").replace(at("b"), "c")];
    assert_eq!(planned("a: b\n", Safety::Safe, fixes).0, "a: b\n");
    assert_eq!(planned("a: b\n", Safety::Unsafe, fixes).0, "a: c\n");
}

#[test]
fn of_two_fixes_that_touch_the_first_is_made() {
    let (text, words) = planned("a: bcd\n", Safety::Safe, |at| {
        vec![Fix::safe("w").replace(at("bc"), "x"), Fix::safe("w").replace(at("cd"), "y")]
    });
    assert_eq!(text, "a: xd\n");
    assert!(
        words.ends_with("1 other waits for another run, since the same text is touched"),
        "{words}"
    );
}

#[test]
fn a_list_never_loses_all_its_items() {
    for text in ["v:\n- aa\n- bb\n", "v:\n- aa\n# why\n\n- bb\n", "v: [aa, bb]\n"] {
        let (text, _) = planned(text, Safety::Safe, |at| {
            vec![Fix::safe("w").remove_item(at("aa")), Fix::safe("w").remove_item(at("bb"))]
        });
        assert!(text.contains("bb"), "{text}");
    }
}

#[test]
fn two_findings_may_share_a_fix() {
    let (text, words) = planned("a: b\n", Safety::Safe, |at| {
        vec![Fix::safe("one").replace(at("b"), "c"), Fix::safe("two").replace(at("b"), "c")]
    });
    assert_eq!(text, "a: c\n");
    assert_eq!(words, "2 fixes applied in 1 file");
}
