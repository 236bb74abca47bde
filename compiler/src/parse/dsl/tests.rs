//! The Writ language, from text to policy and back.

mod documents;
mod mistakes;
mod recovery;
mod round_trip;
mod twins;

use crate::diagnostic::Diagnostics;
use crate::policy::Policy;
use crate::source::SourceMap;

/// A finding as the tests see it: code, message, underlined text and help.
#[derive(Debug)]
struct Found {
    code: &'static str,
    message: String,
    underlined: String,
    help: String,
}

/// Parses a text.
fn read(text: &str) -> (Vec<Policy>, Vec<Found>) {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.writ", text);
    let mut diagnostics = Diagnostics::default();
    let policies = super::parse(source, &sources, &mut diagnostics);
    let found = diagnostics.into_sorted().into_iter().map(|diagnostic| Found {
        code: diagnostic.code.id,
        underlined: sources.slice(diagnostic.finding.span).to_owned(),
        message: diagnostic.finding.message,
        help: diagnostic.finding.help.join(" "),
    });
    (policies, found.collect())
}

/// Parses a text that has no mistakes.
fn read_clean(text: &str) -> Vec<Policy> {
    let (policies, found) = read(text);
    assert!(found.is_empty(), "{text}\n{found:#?}");
    policies
}

/// The one policy of a hook with these rules.
fn rules(rules: &str) -> Policy {
    let text = format!("policy \"p\" {{ on kprobe f(file, fd: int) -> ret: int {{ {rules} }} }}");
    read_clean(&text).remove(0)
}
