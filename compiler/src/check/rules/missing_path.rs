//! A negative condition on a path does not hold for files without one.

use super::{Findings, Rule, code};
use crate::check::facts::{argument, tests};
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question, Reader, Sense};

pub(super) const RULE: Rule = Rule { code: &code::MISSING_PATH, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        let negative = test.sense == Sense::IsNot && matches!(test.question, Question::Text { .. });
        let reader = argument(hook, test).map(|argument| argument.reader);
        if !negative || !matches!(reader, Some(Reader::File | Reader::Path | Reader::Descriptor)) {
            continue;
        }
        findings.add(
            Finding::at(test.span, "pipes, sockets and other files without a path never match")
                .label("does not hold without a path, although it is negative")
                .help("hook them where they are created if they matter".to_owned()),
        );
    }
}
