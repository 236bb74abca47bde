//! Two conditions of a selector can never hold together.

use super::{Findings, Rule, code};
use crate::check::facts::{joined, selectors};
use crate::check::implication::exclude;
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::CONTRADICTION, check };

/// How many conditions before one are compared with it: a selector may have thousands.
const LOOK_BACK: usize = 256;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in selectors(policy) {
        for expression in [&selector.condition, &selector.return_condition] {
            let tests = joined(expression);
            for (at, test) in tests.iter().enumerate() {
                let mut before = tests.iter().take(at).skip(at.saturating_sub(LOOK_BACK));
                let other = before.find(|other| exclude(hook, other, test));
                let Some(other) = other else { continue };
                findings.add(
                    Finding::at(test.span, "two conditions of a selector exclude each other")
                        .label("can never hold together with the other one")
                        .also(other.span, "the other one")
                        .help("put them into two selectors if either is enough".to_owned()),
                );
            }
        }
    }
}
