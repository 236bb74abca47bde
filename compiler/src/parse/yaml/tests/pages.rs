//! The pages of this phase's codes: the first block of each is refused with its code and nothing
//! else, the block under "Instead" passes.

use super::read;
use crate::diagnostic::Severity;
use crate::diagnostic::code::{ALL, Code};

fn is_of_yaml(code: &Code) -> bool {
    ("TP0101".."TP0130").contains(&code.id) || ("TP0142".."TP0170").contains(&code.id)
}

fn blocks(page: &str) -> Vec<String> {
    page.split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_example_of_a_page_has_its_finding_and_the_other_has_none() {
    for code in ALL.iter().filter(|code| is_of_yaml(code)) {
        let blocks = blocks(code.page);
        let [example, instead] = blocks.as_slice() else {
            panic!("{}: {} blocks of YAML", code.id, blocks.len());
        };
        assert_eq!(ids(example, code), [code.id], "{example}");
        assert_eq!(ids(instead, code), [""; 0], "{}: {instead}", code.id);
    }
}

/// The codes of what is found in `text`, notes of other codes aside.
fn ids(text: &str, code: &Code) -> Vec<&'static str> {
    let outcome = read(text);
    let findings = outcome.diagnostics.iter();
    findings
        .filter(|one| one.code == code || one.severity > Severity::Note)
        .map(|one| one.code.id)
        .collect()
}

#[test]
fn a_page_has_the_sections_that_explain_prints() {
    for code in ALL.iter().filter(|code| is_of_yaml(code)) {
        let headings: Vec<&str> = code.page.lines().filter(|line| line.starts_with('#')).collect();
        let title = format!("# {}: {}", code.id, code.name);
        let expected = [
            title.as_str(),
            "## What it means",
            "## Why it matters",
            "## Example",
            "## Instead",
            "## How we know",
        ];
        assert_eq!(headings, expected, "{}", code.id);
    }
}
