//! A selector without conditions kills or denies whoever comes by.

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, kernel_selectors};
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::UNCONDITIONAL_ENFORCEMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        if !selector.condition.is_always() {
            continue;
        }
        findings.add(
            Finding::at(action.span(), "every process that comes by here is stopped")
                .label("without any condition")
                .also(hook.point_span, "this hook is hit by the whole system")
                .help(
                    "say whom it is about, with `matchArgs`, `matchBinaries` or `matchNamespaces`"
                        .to_owned(),
                ),
        );
    }
}
