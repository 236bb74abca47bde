//! Every mistake of a file is told in one run, once, and at the right characters.
//!
//! The mistakes are planted in `planted/*.yaml`: each of their lines ends in `#!`, the code, and the
//! text that is to be underlined.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use writ::diagnostic::{Diagnostics, Severity};
use writ::driver;
use writ::engine::LoadBudget;
use writ::kernel::embedded;
use writ::parse::{Language, parse};
use writ::source::SourceMap;

/// A line, a code and the underlined text.
type Mistake<'a> = (usize, &'a str, &'a str);

const MARK: &str = " #! ";

fn planted(text: &str) -> Vec<Mistake<'_>> {
    let marked = text.lines().enumerate().filter(|(_, line)| line.contains(MARK));
    marked
        .map(|(number, line)| {
            let (_, mark) = line.split_once(MARK).unwrap();
            let (code, underlined) = mark.split_once(' ').unwrap();
            (number + 1, code, underlined)
        })
        .collect()
}

fn check(text: &str, kernel: &str) {
    let kernel = embedded::profile(kernel).unwrap().unwrap();
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy.yaml", text);
    let policies = parse(source, Language::Yaml, &sources, &mut diagnostics);
    diagnostics.append(driver::check(policies.iter(), &kernel, LoadBudget::default()));
    let findings = diagnostics.into_sorted();
    let mut found: Vec<Mistake<'_>> = findings
        .iter()
        .filter(|one| one.severity > Severity::Note)
        .map(|one| {
            let span = one.finding.span;
            (sources.line_column(span).0, one.code.id, sources.slice(span))
        })
        .collect();
    found.sort_unstable();
    let mut planted = planted(text);
    planted.sort_unstable();
    assert!(planted.len() >= 10);
    assert_eq!(found, planted);
}

#[test]
fn mistakes_of_form() {
    check(include_str!("planted/files.yaml"), "6.12");
}

#[test]
fn mistakes_of_every_phase() {
    check(include_str!("planted/calls.yaml"), "6.1");
}

#[test]
fn mistakes_between_parts_of_a_policy() {
    check(include_str!("planted/namespaced.yaml"), "6.12");
}
