//! A process is killed that is about to end by itself.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, kernel_selectors};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::resolved::{Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::EXITING_PROCESS, check };

/// Functions that a task runs while it ends (`kernel/exit.c`).
const FUNCTIONS: &[&str] = &["do_exit", "do_group_exit", "exit_mm", "exit_files", "acct_process"];

/// The same, as events and system calls.
const EVENTS: &[&str] = &["sched_process_exit", "sched_process_free", "sched_process_wait"];
const CALLS: &[&str] = &["exit", "exit_group"];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        if !is_end(hook) && !place::syscall(hook, findings.kernel()).is_some_and(is_exit) {
            continue;
        }
        findings.add(
            Finding::at(action.span(), "the process ends here by itself")
                .label("comes when everything is done")
                .also(hook.point_span, "hit when a process ends")
                .help("hook what the process must not do".to_owned()),
        );
    }
}

fn is_exit(call: &str) -> bool {
    CALLS.contains(&call)
}

fn is_end(hook: &Hook) -> bool {
    match &hook.kind {
        HookKind::Kprobe { function } => FUNCTIONS.contains(&function.as_str()),
        HookKind::Tracepoint { event, .. } => EVENTS.contains(&event.as_str()),
        HookKind::Lsm { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => false,
    }
}
