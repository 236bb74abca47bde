//! A selector kills or denies and leaves no trace.

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, selectors};
use crate::diagnostic::Finding;
use crate::resolved::{Action, Policy};

pub(super) const RULE: Rule = Rule { code: &code::SILENT_ENFORCEMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, selector) in selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        let silent = selector.actions.iter().find(|action| matches!(action, Action::NoPost { .. }));
        let Some(silent) = silent else { continue };
        findings.add(
            Finding::at(silent.span(), "what this selector does leaves no event")
                .label("nobody will know")
                .also(action.span(), "done without a trace")
                .help("leave `NoPost` out, or limit events with `rateLimit`".to_owned())
                .note("in monitor mode such a selector does nothing at all"),
        );
    }
}
