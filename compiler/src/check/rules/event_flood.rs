//! Every hit of a busy hook becomes an event.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::EVENT_FLOOD, check };

/// System calls and LSM hooks that any busy machine passes thousands of times a second.
const BUSY: &[&str] = &[
    "capable",
    "close",
    "file_free_security",
    "file_ioctl",
    "file_open",
    "file_permission",
    "fstat",
    "futex",
    "inode_follow_link",
    "inode_getattr",
    "inode_permission",
    "ioctl",
    "lseek",
    "mmap",
    "mmap_file",
    "mprotect",
    "newfstat",
    "newfstatat",
    "newstat",
    "open",
    "openat",
    "openat2",
    "pread64",
    "pwrite64",
    "read",
    "readv",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
    "socket_recvmsg",
    "socket_sendmsg",
    "statx",
    "write",
    "writev",
];

/// The same, as functions.
const FUNCTIONS: &[&str] = &[
    "do_sys_openat2",
    "do_filp_open",
    "fd_install",
    "tcp_cleanup_rbuf",
    "tcp_recvmsg",
    "tcp_sendmsg",
    "udp_sendmsg",
    "vfs_open",
    "vfs_read",
    "vfs_write",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let workloads = &policy.workloads;
    let is_limited = policy.namespace.is_some()
        || workloads.pods.is_some()
        || workloads.containers.is_some()
        || policy.nodes.is_some();
    for hook in policy.hooks.iter().filter(|hook| !is_limited && floods(hook)) {
        let asked = place::lsm_hook(hook);
        let name = asked.as_deref().or_else(|| place::syscall(hook, findings.kernel()));
        if !name.is_some_and(|name| BUSY.contains(&name)) && !is_busy_function(hook) {
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

fn is_busy_function(hook: &Hook) -> bool {
    match &hook.kind {
        HookKind::Kprobe { function } => FUNCTIONS.contains(&function.as_str()),
        HookKind::Tracepoint { .. } | HookKind::Lsm { .. } => false,
    }
}
