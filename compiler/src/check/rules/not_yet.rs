//! TP0501: the writ engine does not run a part of the language yet. It is refused, never ignored.

use super::{Findings, Rule};
use crate::diagnostic::{Finding, TetragonAnswer, code};
use crate::resolved::{Policy, not_yet};

pub(super) const RULE: Rule = Rule { code: &code::NOT_YET, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for part in not_yet::parts(policy) {
        findings.add(
            Finding::at(part.span, format!("the writ engine does not do {} yet", part.what))
                .label("not done yet")
                .tetragon(TetragonAnswer::Accepts),
        );
    }
}
