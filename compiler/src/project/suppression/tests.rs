use super::*;
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;

/// A suppression and the line that it is about.
type About = (Suppression, String);

/// A text in which every `#` begins a comment, and what was read of it: suppressions, each with the
/// line that it is about, and findings with what they underline.
fn read_all(text: &str) -> (Vec<About>, Vec<(String, String)>) {
    let mut sources = SourceMap::default();
    let source = sources.add("policy", text);
    let comment = |(at, _)| {
        let rest = text.get(at..).unwrap().lines().next().unwrap().trim_end();
        Span::new(source, at..at + rest.len())
    };
    let comments: Vec<Span> = text.match_indices('#').map(comment).collect();
    let mut diagnostics = Diagnostics::default();
    let read = read(&comments, &sources, &mut diagnostics);
    let with_line = read.into_iter().map(|suppression| {
        let line = match suppression.scope {
            Scope::Line(line) => sources.slice(line).to_owned(),
            Scope::File => "the file".to_owned(),
        };
        (suppression, line)
    });
    let with_line = with_line.collect();
    let found = diagnostics.into_sorted().into_iter().map(|diagnostic| {
        (diagnostic.code.id.to_owned(), sources.slice(diagnostic.finding.span).to_owned())
    });
    (with_line, found.collect())
}

fn lines(text: &str) -> Vec<String> {
    let (read, found) = read_all(text);
    assert!(found.is_empty(), "{found:?}");
    read.into_iter().map(|(_, line)| line).collect()
}

#[test]
fn a_suppression_has_codes_a_day_and_a_reason() {
    let (read, found) =
        read_all("a # writ: allow(hot-hook, TP0904) until 2027-01-31: the agent: only there  \n");
    assert!(found.is_empty(), "{found:?}");
    let (suppression, line) = &read[0];
    let codes: Vec<&str> = suppression.codes.iter().map(|code| code.value.id).collect();
    assert_eq!(codes, ["TP0914", "TP0904"]);
    assert_eq!(suppression.until.unwrap().value.to_string(), "2027-01-31");
    assert_eq!(suppression.reason.value, "the agent: only there");
    assert!(line.starts_with("a # writ"), "{line}");
}

#[test]
fn blanks_matter_nowhere() {
    let (read, found) = read_all("#writ:allow ( hot-hook ) until 2027-01-31:because\nx\n");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(read[0].0.reason.value, "because");
}

#[test]
fn it_is_about_its_own_line_or_the_next_one_with_content() {
    assert_eq!(lines("x\na # writ: allow(hot-hook): why\nb"), ["a # writ: allow(hot-hook): why"]);
    let stacked = "# writ: allow(hot-hook): why\n# writ: allow(TP0904): why\n\n  # note\n  b\nc";
    assert_eq!(lines(stacked), ["  b", "  b"]);
    assert_eq!(lines("# writ: allow(hot-hook): why"), ["# writ: allow(hot-hook): why"]);
    assert_eq!(lines("a\n# writ: allow(hot-hook): why\n"), [""]);
    assert_eq!(lines("# writ: allow-file(hot-hook): why\na"), ["the file"]);
}

#[test]
fn other_comments_are_left_alone() {
    let (read, found) = read_all("# written: by hand\n# see writ: allow(x)\na # writ\n");
    assert!(read.is_empty() && found.is_empty(), "{read:?} {found:?}");
}

#[test]
fn what_is_wrong_is_underlined() {
    let cases = [
        ("# writ: alow(hot-hook): why", "TP0015", "alow"),
        ("# writ: allow hot-hook: why", "TP0015", "hot-hook: why"),
        ("# writ: allow(hot-hook: why", "TP0015", ": why"),
        ("# writ: allow(): why", "TP0015", "): why"),
        ("# writ: allow(hot-hook,): why", "TP0015", "): why"),
        ("# writ: allow(hot-hook) since 2027-01-01: why", "TP0015", "since 2027-01-01: why"),
        ("# writ:", "TP0015", ""),
        ("# writ: allow(hot-hook)", "TP0016", "# writ: allow(hot-hook)"),
        ("# writ: allow(hot-hook):", "TP0016", "# writ: allow(hot-hook):"),
        ("# writ: allow(hot-hok): why", "TP0017", "hot-hok"),
        ("# writ: allow(hot-hook) until 2027-02-29: why", "TP0018", "2027-02-29"),
        ("# writ: allow(hot-hook) until: why", "TP0018", ""),
    ];
    for (text, code, underlined) in cases {
        let (read, found) = read_all(text);
        assert!(read.is_empty(), "{text}");
        assert_eq!(found, [(code.to_owned(), underlined.to_owned())], "{text}");
    }
}
