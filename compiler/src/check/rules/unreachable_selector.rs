//! A selector stands behind one that always matches.

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::UNREACHABLE_SELECTOR, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in policy.views() {
        let mut selectors =
            hook.selectors.iter().skip_while(|selector| !selector.condition.is_always());
        let Some(catch_all) = selectors.next() else { continue };
        for selector in selectors {
            findings.add(
                Finding::at(selector.span, "this selector can never match")
                    .label("never reached")
                    .also(catch_all.span, "this one has no conditions, so it always matches first")
                    .help("move the selector without conditions to the end".to_owned()),
            );
        }
    }
}
