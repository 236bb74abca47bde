//! Enforcement on a hook that is so hot that deciding costs more than its budget.

use super::{Findings, Rule, code};
use crate::check::facts::enforcement;
use crate::check::{load, place};
use crate::diagnostic::Finding;
use crate::engine::cost_table::A_SECOND;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::HOT_ENFORCEMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let kernel = findings.kernel();
    let budget = u64::from(findings.load().0);
    for hook in &policy.hooks {
        let Some(action) = hook.selectors.iter().find_map(enforcement) else { continue };
        let Some(rate) = place::rate(hook, kernel) else { continue };
        let instructions = load::of_hit(hook);
        let percent = rate.hits.saturating_mul(instructions) / (A_SECOND / 100);
        if percent <= budget {
            continue;
        }
        let hits = rate.hits;
        findings.add(
            Finding::at(hook.point_span, "what is enforced here costs more than its budget")
                .inferred()
                .label(format!("hit about {hits} times a second on a busy machine"))
                .also(action.span(), "for few of them this happens")
                .help(
                    "hook where things are opened or created, or ask first what costs least: \
                     numbers, then process ids, then binaries"
                        .to_owned(),
                )
                .note(format!(
                    "on {}, some {instructions} instructions for each of them are {percent} % of a \
                     processor; `max-load` allows {budget} %",
                    kernel.name()
                )),
        );
    }
}
