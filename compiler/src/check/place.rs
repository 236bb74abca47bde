//! Where in the kernel a hook is: at which system call, or where an LSM is asked.

use writ_bundle::HookKind;

use crate::kernel::{Profile, security};
use crate::resolved::Hook;

/// The system call at whose entry or exit the hook is, by its function's name without prefix.
pub(super) fn syscall<'a>(hook: &'a Hook, kernel: &Profile) -> Option<&'a str> {
    match &hook.kind {
        HookKind::Kprobe { function } => function.strip_prefix(kernel.syscall_prefix()),
        HookKind::Tracepoint { subsystem, event } if subsystem == "syscalls" => {
            event.strip_prefix("sys_enter_").or_else(|| event.strip_prefix("sys_exit_"))
        }
        HookKind::Tracepoint { .. } | HookKind::Lsm { .. } => None,
    }
}

/// The LSM hook that is asked there.
pub(super) fn lsm_hook(hook: &Hook) -> Option<String> {
    match &hook.kind {
        HookKind::Kprobe { function } => security::hook_of_function(function),
        HookKind::Lsm { hook } => Some(hook.clone()),
        HookKind::Tracepoint { .. } => None,
    }
}
