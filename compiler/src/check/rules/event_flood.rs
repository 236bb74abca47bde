//! Every hit of a busy hook becomes an event.

use super::{Findings, Rule, code};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::EVENT_FLOOD, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let workloads = &policy.workloads;
    let is_limited = policy.namespace.is_some()
        || workloads.pods.is_some()
        || workloads.containers.is_some()
        || policy.nodes.is_some();
    for hook in policy.hooks.iter().filter(|hook| !is_limited && floods(hook)) {
        if place::rate(hook, findings.kernel()).is_none() {
            continue;
        }
        findings.add(
            Finding::at(hook.point_span, "every hit of a busy hook becomes an event")
                .inferred()
                .label("thousands of events a second")
                .help(
                    "add a selector that says what matters, or `rateLimit` to its `Post`"
                        .to_owned(),
                ),
        );
    }
}

/// Whether each hit is posted.
fn floods(hook: &Hook) -> bool {
    let all = hook.selectors.iter().find(|selector| selector.condition.is_always());
    hook.selectors.is_empty()
        || all.is_some_and(|selector| {
            selector.return_condition.is_always()
                && selector
                    .actions
                    .iter()
                    .any(|action| matches!(action, Action::Post { rate_limit: None, .. }))
        })
}
