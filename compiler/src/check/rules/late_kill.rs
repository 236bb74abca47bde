//! A process is killed where its call could have been denied.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::check::facts::kernel_selectors;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::LATE_KILL, check };

/// `SIGKILL`.
const KILL: u32 = 9;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let kill = selector
            .actions
            .iter()
            .find(|action| matches!(action, Action::Signal { number: KILL, .. }));
        let denies = selector.actions.iter().any(|one| matches!(one, Action::Override { .. }));
        let (Some(kill), false, true) = (kill, denies, could_deny(hook)) else { continue };
        findings.add(
            Finding::at(kill.span(), "the process is killed after the call has done its work")
                .inferred()
                .label("takes effect when the call returns to user space")
                .also(hook.point_span, "this call could be denied")
                .help("add `Override` with `argError: -1` beside it".to_owned()),
        );
    }
}

/// Whether the kernel asks here whether a call may go on. Where a program is about to be executed,
/// killing suffices: the new program never runs.
fn could_deny(hook: &Hook) -> bool {
    match &hook.kind {
        HookKind::Kprobe { function } => {
            function.starts_with("security_") && !function.starts_with("security_bprm_")
        }
        HookKind::Lsm { hook } => !hook.starts_with("bprm_"),
        HookKind::Tracepoint { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => false,
    }
}
