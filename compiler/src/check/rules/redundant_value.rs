//! A value matches only what another value of the same list matches.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::{Finding, Fix};
use crate::resolved::{Policy, Question};
use crate::set::{TextPattern, TextSet};

pub(super) const RULE: Rule = Rule { code: &code::REDUNDANT_VALUE, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let (Question::Text { set, .. } | Question::Binary { set }) = &test.question else {
            continue;
        };
        let widest = Widest::of(set);
        for pattern in &set.patterns {
            let Some(wider) = widest.that_covers(pattern) else { continue };
            findings.add(
                Finding::at(pattern.span, "another value matches all that this one could match")
                    .label("makes no difference")
                    .also(wider.span, "this one is wider")
                    .help("leave the narrower value out".to_owned())
                    .fix(Fix::safe("remove the narrower value").remove_item(pattern.span)),
            );
        }
    }
}

/// The prefixes and postfixes of a set that no other one covers, ordered by text; the text of a
/// postfix is turned around. A list may have thousands of values.
struct Widest<'a> {
    prefixes: Vec<(Vec<u8>, &'a TextPattern)>,
    postfixes: Vec<(Vec<u8>, &'a TextPattern)>,
}

impl<'a> Widest<'a> {
    fn of(set: &'a TextSet) -> Self {
        let (mut prefixes, mut postfixes) = (Vec::new(), Vec::new());
        for pattern in &set.patterns {
            match &pattern.pattern {
                Pattern::Equal(_) => {}
                Pattern::Prefix(text) => prefixes.push((forward(text), pattern)),
                Pattern::Postfix(text) => postfixes.push((backward(text), pattern)),
            }
        }
        Self { prefixes: without_covered(prefixes), postfixes: without_covered(postfixes) }
    }

    /// A pattern that is wider than `pattern`.
    fn that_covers(&self, pattern: &TextPattern) -> Option<&'a TextPattern> {
        let text = pattern.pattern.text();
        let by_prefix = || last_before(&self.prefixes, &forward(text));
        let by_postfix = || last_before(&self.postfixes, &backward(text));
        let found = match pattern.pattern {
            Pattern::Equal(_) => by_prefix().or_else(by_postfix),
            Pattern::Prefix(_) => by_prefix(),
            Pattern::Postfix(_) => by_postfix(),
        };
        found.filter(|found| found.pattern != pattern.pattern)
    }
}

fn forward(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn backward(text: &str) -> Vec<u8> {
    text.bytes().rev().collect()
}

/// Ordered, without texts that begin with another one.
fn without_covered(mut patterns: Vec<(Vec<u8>, &TextPattern)>) -> Vec<(Vec<u8>, &TextPattern)> {
    // The sort is stable: of equal texts, the first one written stays.
    patterns.sort_by(|left, right| left.0.cmp(&right.0));
    patterns.dedup_by(|later, kept| later.0.starts_with(&kept.0));
    patterns
}

/// The pattern with which `text` begins. Of those before it in order only the last can be it, since
/// none begins with another.
fn last_before<'a>(
    patterns: &[(Vec<u8>, &'a TextPattern)],
    text: &[u8],
) -> Option<&'a TextPattern> {
    let after = patterns.partition_point(|(one, _)| one.as_slice() <= text);
    let (found, pattern) = patterns.get(after.checked_sub(1)?)?;
    text.starts_with(found).then_some(*pattern)
}
