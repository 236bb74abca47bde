//! Return actions wait for an event of the entry that is not sent.

use super::{Findings, Rule, code};
use crate::check::facts::kernel_selectors;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Policy};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: &code::LOST_RETURN, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        if hook.return_attachment.is_none() {
            continue;
        }
        let asks = !selector.return_condition.is_always()
            || selector.return_actions.iter().any(|action| action.span() != selector.span);
        let silent = selector.actions.iter().find_map(why_silent);
        let (true, Some((span, why))) = (asks, silent) else { continue };
        findings.add(
            Finding::at(span, "what happens at the return needs the event of the entry")
                .label(why)
                .also(selector.span, "this selector decides about the return")
                .help("send the event of the entry, without `rateLimit`".to_owned()),
        );
    }
}

/// Why an action keeps the event of the entry back, and where it stands.
fn why_silent(action: &Action) -> Option<(Span, &'static str)> {
    if let Action::NoPost { span } = action {
        return Some((*span, "no event of the call is sent"));
    }
    let Action::Post { span, rate_limit: Some(_), .. } = action else { return None };
    Some((*span, "calls without an event are not followed"))
}
