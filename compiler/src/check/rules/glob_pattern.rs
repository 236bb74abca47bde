//! A value looks like a shell pattern, but values are compared letter by letter.

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::GLOB_PATTERN, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let (Question::Text { set, .. } | Question::Binary { set }) = &test.question else {
            continue;
        };
        for pattern in set.patterns.iter().filter(|one| one.pattern.text().contains('*')) {
            findings.add(
                Finding::at(pattern.span, "`*` stands for itself here")
                    .inferred()
                    .label("compared letter by letter")
                    .help(
                        "use `Prefix` or `Postfix` with what stands before or behind it".to_owned(),
                    ),
            );
        }
    }
}
