//! A value matches only what another value of the same list matches.

use super::{Findings, Rule, code};
use crate::check::facts::{covers, tests};
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::REDUNDANT_VALUE, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let (Question::Text { set, .. } | Question::Binary { set }) = &test.question else {
            continue;
        };
        for pattern in &set.patterns {
            let wider = set.patterns.iter().find(|other| {
                other.pattern != pattern.pattern && covers(&other.pattern, &pattern.pattern)
            });
            let Some(wider) = wider else { continue };
            findings.add(
                Finding::at(pattern.span, "another value matches all that this one could match")
                    .label("makes no difference")
                    .also(wider.span, "this one is wider")
                    .help("leave the narrower value out".to_owned()),
            );
        }
    }
}
