//! A selector matches only what an earlier one takes already.

use super::{Findings, Rule, code};
use crate::check::facts::{is_joined, joined};
use crate::check::implication::implies;
use crate::diagnostic::Finding;
use crate::resolved::{HookView, Policy, Question, Selector, Test};

pub(super) const RULE: Rule = Rule { code: &code::SHADOWED_SELECTOR, check };

/// How many selectors before one are compared with it: a policy may have thousands.
const LOOK_BACK: usize = 256;

/// How many pairs of patterns are compared in one hook. Beyond that nothing is said.
const PAIRS_MAX: usize = 10_000_000;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in policy.views() {
        let mut pairs_left = PAIRS_MAX;
        let weights: Vec<usize> = hook.selectors.iter().map(weight).collect();
        for (at, selector) in hook.selectors.iter().enumerate() {
            let own = weights.get(at).copied().unwrap_or_default();
            let before = hook.selectors.iter().zip(&weights).take(at);
            let earlier = before.skip(at.saturating_sub(LOOK_BACK)).find(|(earlier, weight)| {
                pairs_left = pairs_left.saturating_sub(own.saturating_mul(**weight));
                pairs_left > 0 && takes_all(hook, earlier, selector)
            });
            let earlier = earlier.map(|(earlier, _)| earlier);
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

/// How many patterns and tests it has.
fn weight(selector: &Selector) -> usize {
    let weight = |test: &&Test| {
        let (Question::Text { set, .. } | Question::Binary { set }) = &test.question else {
            return 1;
        };
        1 + set.patterns.len()
    };
    joined(&selector.condition).iter().map(weight).sum()
}

/// Whether every event that `later` matches is matched by `earlier`. A catch-all selector is
/// another rule's business.
fn takes_all(hook: HookView<'_>, earlier: &Selector, later: &Selector) -> bool {
    if earlier.condition.is_always() || !is_joined(&earlier.condition) {
        return false;
    }
    let later = joined(&later.condition);
    joined(&earlier.condition)
        .iter()
        .all(|weak| later.iter().any(|strong| implies(hook, strong, weak)))
}
