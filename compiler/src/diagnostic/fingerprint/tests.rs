use super::*;
use crate::diagnostic::{Finding, code};

/// The fingerprints of TP0904 at every `word` of a text.
fn all(name: &str, text: &str, word: &str) -> (Vec<Fingerprint>, Vec<Fingerprint>) {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let found: Vec<Diagnostic> = text
        .match_indices(word)
        .map(|(at, _)| Diagnostic {
            code: &code::PREFIX_BOUNDARY,
            severity: code::PREFIX_BOUNDARY.severity,
            finding: Finding::at(Span::new(source, at..at + word.len()), "message"),
        })
        .collect();
    let plain = found.iter().map(|diagnostic| of(diagnostic, &sources)).collect();
    (plain, distinct(&found, &sources))
}

#[test]
fn lines_that_move_or_are_indented_keep_their_fingerprint() {
    let before = all("a.yaml", "values: [/etc]\n", "/etc");
    let after = all("./a.yaml", "# more\n\n  values:   [/etc]\r\n", "/etc");
    assert_eq!(before, after);
}

#[test]
fn another_line_or_another_place_in_it_has_another_fingerprint() {
    let (one, _) = all("a", "values: [/etc]\n", "/etc");
    let (other, _) = all("a", "value: [/etc]\n", "/etc");
    assert_ne!(one, other);
    let (words, _) = all("a", "ab\n", "a");
    let (letters, _) = all("a", "ab\n", "b");
    assert_ne!(words, letters);
}

#[test]
fn alike_findings_differ_only_where_all_must_differ() {
    let (plain, distinct) = all("a", "- /etc\n- /etc\n", "/etc");
    assert_eq!(plain[0], plain[1]);
    assert_ne!(distinct[0], distinct[1]);
    let (same_text, in_other_file) = all("b", "- /etc\n- /etc\n", "/etc");
    assert_eq!(plain, same_text);
    assert!(in_other_file.iter().all(|fingerprint| !distinct.contains(fingerprint)));
}

#[test]
fn a_long_line_costs_little_and_is_told_by_what_is_near() {
    let far =
        |text: &str| all("a", &format!("{text}{}X{}", "é".repeat(5000), "é".repeat(5000)), "X").0;
    assert_eq!(far("one"), far("two"));
    assert_ne!(far("one"), all("a", "X", "X").0);
}
