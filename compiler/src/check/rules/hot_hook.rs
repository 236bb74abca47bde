//! A hook is hit so often that the whole system pays for it.

use super::{Findings, Rule, code};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::Rate;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::HOT_HOOK, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let kernel = findings.kernel();
    let is_hot = |hook: &&_| place::rate(hook, kernel).is_some_and(Rate::is_hot);
    for hook in policy.hooks.iter().filter(is_hot) {
        findings.add(
            Finding::at(hook.point_span, "this hook is on one of the kernel's busiest paths")
                .inferred()
                .label("hit up to hundreds of thousands of times a second")
                .help("hook where things are opened or created rather than used".to_owned()),
        );
    }
}
