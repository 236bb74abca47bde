//! A hook is hit so often that the whole system pays for it.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::{Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::HOT_HOOK, check };

/// Functions and events that a busy machine passes hundreds of thousands of times a second.
const HOT: &[&str] = &[
    "__kmalloc",
    "__netif_receive_skb",
    "__schedule",
    "__x64_sys_futex",
    "__x64_sys_read",
    "__x64_sys_write",
    "do_syscall_64",
    "finish_task_switch",
    "inode_permission",
    "kfree",
    "kfree_skb",
    "kmem_cache_alloc",
    "kmem_cache_free",
    "ksys_read",
    "ksys_write",
    "schedule",
    "security_file_permission",
    "security_inode_permission",
    "tcp_recvmsg",
    "tcp_sendmsg",
    "vfs_read",
    "vfs_write",
];

/// The same, as hooks and events.
const HOT_HOOKS: &[&str] = &["file_permission", "inode_permission"];
const HOT_EVENTS: &[(&str, &str)] = &[
    ("kmem", "kfree"),
    ("kmem", "kmalloc"),
    ("raw_syscalls", "sys_enter"),
    ("raw_syscalls", "sys_exit"),
    ("sched", "sched_switch"),
    ("sched", "sched_waking"),
    ("sched", "sched_wakeup"),
    ("syscalls", "sys_enter_futex"),
    ("syscalls", "sys_enter_read"),
    ("syscalls", "sys_enter_write"),
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in policy.hooks.iter().filter(|hook| is_hot(hook)) {
        findings.add(
            Finding::at(hook.point_span, "this hook is on one of the kernel's busiest paths")
                .inferred()
                .label("hit up to hundreds of thousands of times a second")
                .help("hook where things are opened or created rather than used".to_owned()),
        );
    }
}

fn is_hot(hook: &Hook) -> bool {
    match &hook.kind {
        HookKind::Kprobe { function } => HOT.contains(&function.as_str()),
        HookKind::Lsm { hook } => HOT_HOOKS.contains(&hook.as_str()),
        HookKind::Tracepoint { subsystem, event } => {
            HOT_EVENTS.contains(&(subsystem.as_str(), event.as_str()))
        }
    }
}
