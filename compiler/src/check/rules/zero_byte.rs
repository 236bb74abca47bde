//! A text that is looked for has a zero byte inside, where no text can have one.

use super::{Findings, Rule, code};
use crate::check::facts::{argument, compared_set, tests};
use crate::diagnostic::Finding;
use crate::resolved::{HookView, Policy, Question, Test};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: &code::ZERO_BYTE, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        for span in unreachable(hook, test) {
            findings.add(
                Finding::at(span, "a text with a zero byte inside never matches here")
                    .label("what is compared ends at its first zero byte")
                    .help("name the part before it; buffers compared with `Equal`, `Prefix` or `Postfix` may have zeros inside".to_owned()),
            );
        }
    }
}

/// The values with a zero inside that are compared with what ends at a zero. Those at the end were
/// taken off before.
fn unreachable(hook: HookView<'_>, test: &Test) -> Vec<Span> {
    if let Question::Substring { texts, .. } = &test.question {
        let with_zero = texts.iter().filter(|text| text.value.contains('\0'));
        return with_zero.map(|text| text.span).collect();
    }
    if argument(hook, test).is_some_and(|one| one.reader.can_hold_zeros()) {
        return Vec::new();
    }
    let patterns = compared_set(test).into_iter().flat_map(|set| &set.patterns);
    let with_zero = patterns.filter(|one| one.pattern.text().contains('\0'));
    with_zero.map(|one| one.span).collect()
}
