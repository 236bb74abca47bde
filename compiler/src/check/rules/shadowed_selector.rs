//! A selector matches only what an earlier one takes already.

use super::{Findings, Rule, code};
use crate::check::facts::{is_joined, joined};
use crate::check::implication::implies;
use crate::diagnostic::Finding;
use crate::resolved::{Hook, Policy, Selector};

pub(super) const RULE: Rule = Rule { code: &code::SHADOWED_SELECTOR, check };

/// How many selectors before one are compared with it: a policy may have thousands.
const LOOK_BACK: usize = 256;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in &policy.hooks {
        for (at, selector) in hook.selectors.iter().enumerate() {
            let mut before = hook.selectors.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
            let earlier = before.find(|earlier| takes_all(hook, earlier, selector));
            let Some(earlier) = earlier else { continue };
            findings.add(
                Finding::at(
                    selector.span,
                    "an earlier selector takes all that this one could match",
                )
                .label("never reached")
                .also(earlier.span, "the first selector that matches wins, and this one does")
                .help("put the narrower selector first".to_owned()),
            );
        }
    }
}

/// Whether every event that `later` matches is matched by `earlier`. A catch-all selector is
/// another rule's business.
fn takes_all(hook: &Hook, earlier: &Selector, later: &Selector) -> bool {
    if earlier.condition.is_always() || !is_joined(&earlier.condition) {
        return false;
    }
    let later = joined(&later.condition);
    joined(&earlier.condition)
        .iter()
        .all(|weak| later.iter().any(|strong| implies(hook, strong, weak)))
}
