//! Where in the kernel a hook is: at which system call, or where an LSM is asked.

use writ_bundle::HookKind;

use crate::kernel::{Profile, Rate, rate, security};
use crate::resolved::Hook;

/// The system call at whose entry or exit the hook is, by its function's name without prefix.
pub(super) fn syscall<'a>(hook: &'a Hook, kernel: &Profile) -> Option<&'a str> {
    match &hook.kind {
        HookKind::Kprobe { function } => function.strip_prefix(kernel.syscall_prefix()),
        HookKind::Tracepoint { subsystem, event } if subsystem == "syscalls" => {
            event.strip_prefix("sys_enter_").or_else(|| event.strip_prefix("sys_exit_"))
        }
        HookKind::Tracepoint { .. }
        | HookKind::Lsm { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => None,
    }
}

/// The LSM hook that is asked there.
pub(super) fn lsm_hook(hook: &Hook) -> Option<String> {
    match &hook.kind {
        HookKind::Kprobe { function } => security::hook_of_function(function),
        HookKind::Lsm { hook } => Some(hook.clone()),
        HookKind::Tracepoint { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => None,
    }
}

/// How often the hook is hit on a busy machine; `None` where that is not known to be often.
pub(super) fn rate(hook: &Hook, kernel: &Profile) -> Option<Rate> {
    let known = match &hook.kind {
        HookKind::Kprobe { function } => rate::of_function(function),
        HookKind::Tracepoint { subsystem, event } => rate::of_event(subsystem, event),
        HookKind::Lsm { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => None,
    };
    let asked = || rate::of_lsm_hook(&lsm_hook(hook)?);
    known.or_else(asked).or_else(|| rate::of_syscall(syscall(hook, kernel)?))
}
