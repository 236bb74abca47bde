//! Texts that were made to break a reader.

use super::{read, with_kprobe, with_spec};
use std::fmt::Write;

#[test]
fn deep_nesting_is_an_error() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let outcome = read(&text);
        let code = outcome.findings().first().map(|one| one.0);
        // The scanner has a limit of its own for brackets.
        assert!(matches!(code, Some("TP0101" | "TP0102")), "{:?}", outcome.diagnostics);
    }
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(", ")).unwrap();
    }
    assert_eq!(read(&text).findings().first().map(|one| one.0), Some("TP0102"));
}

#[test]
fn aliases_that_nest_are_held_to_the_depth_limit() {
    let mut text = "a0: &a0 x\n".to_owned();
    for level in 1..5_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert_eq!(read(&text).findings().first().map(|one| one.0), Some("TP0102"));
}

#[test]
fn a_long_text_is_not_copied_without_limit() {
    let long = "x".repeat(1 << 20);
    let text = format!("a: &a {long}\nb: [{}]\n", ["*a"; 1000].join(", "));
    assert_eq!(read(&text).findings().first().map(|one| one.0), Some("TP0102"));
}

#[test]
fn an_anchor_inside_itself_is_an_error() {
    let outcome = read("a: &a [*a]\n");
    assert!(outcome.findings().contains(&("TP0101", "*a".to_owned())));
}

#[test]
fn an_alias_does_not_reach_into_another_document() {
    let outcome = read("a: &a 1\n---\nb: *a\n");
    assert!(outcome.findings().contains(&("TP0101", "*a".to_owned())));
}

#[test]
fn a_megabyte_of_scalar_is_told_briefly() {
    let long = "x".repeat(1 << 20);
    let outcome = read(&with_kprobe(&format!("    args: [{{index: 0, type: {long}}}]")));
    let message = &outcome.diagnostics.iter().next().unwrap().finding.message;
    assert!(message.len() < 200, "{}", message.len());
    assert_eq!(outcome.findings(), [("TP0111", long)]);
}

#[test]
fn many_mistakes_take_no_longer_than_they_must() {
    let mut text = with_spec("  kprobes: []");
    for number in 0..20_000 {
        writeln!(text, "  key{number}: 1").unwrap();
    }
    let start = std::time::Instant::now();
    assert_eq!(read(&text).findings().len(), 20_000);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn every_beginning_of_a_policy_is_read_without_panic() {
    let text = with_kprobe(
        "    args: &a [{index: 0, type: 'file'}]\n    message: \"é\\n\"\n    <<: {tags: [*a, !x y]}\n",
    );
    for (end, _) in text.char_indices() {
        for tail in ["", "\t", "\"", "]", "\u{feff}", "\r\n---\n", ": &b *b", "\0", "%"] {
            let (before, after) = text.split_at(end);
            read(&format!("{before}{tail}{after}"));
            read(&format!("{before}{tail}"));
        }
    }
}

#[test]
fn a_source_of_broken_documents_is_given_up() {
    let outcome = read(&"é: [\n---\n".repeat(50_000));
    assert_eq!(outcome.findings().len(), 100);
}

#[test]
fn a_large_text_is_not_read() {
    let outcome = read(&"- a\n".repeat(5 << 20));
    assert_eq!(outcome.findings(), [("TP0102", "- a".to_owned())]);
}

#[test]
fn a_source_of_many_values_is_read_up_to_a_limit() {
    let text = "- a\n".repeat(600_000);
    let outcome = read(&text);
    let place = outcome.diagnostics.iter().next().unwrap().finding.span;
    assert_eq!(outcome.findings(), [("TP0102", "a".to_owned())]);
    assert_eq!(place.start, 4 * 500_000 + 2);
}

#[test]
fn a_source_of_many_documents_is_read_up_to_a_limit() {
    let outcome = read(&format!("{}---\n{}", with_kprobe(""), "kind: Pod\n---\n".repeat(20_000)));
    let findings = outcome.findings();
    assert_eq!(findings.iter().filter(|one| one.0 == "TP0102").count(), 1);
    assert!(findings.len() <= 10_001 && outcome.policies.len() == 1, "{}", findings.len());
}

#[test]
fn macros_that_name_each_other_are_an_error() {
    let outcome = read(&with_spec(
        "  selectorsMacros: {a: {macros: [b]}, b: {macros: [a]}}
  kprobes: [{call: f, selectors: [{macros: [a, b]}]}]",
    ));
    let nested = ("TP0155", "b".to_owned());
    assert_eq!(outcome.findings(), [nested, ("TP0155", "a".to_owned())]);
}
