//! `io_uring` does the same as a system call, without the system call.

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, kernel_selectors};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::{Answer, Feature, security};
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::IO_URING_BYPASS, check };

/// System calls that have an operation of `io_uring` (`enum io_uring_op`) since Linux 5.10 or
/// earlier, which runs another function of the kernel.
const CALLS: &[&str] = &[
    "accept",
    "accept4",
    "close",
    "connect",
    "fallocate",
    "fsync",
    "open",
    "openat",
    "openat2",
    "preadv",
    "pwritev",
    "read",
    "readv",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
    "splice",
    "statx",
    "tee",
    "write",
    "writev",
];

/// The same since Linux 5.11 and 5.15 (`io_uring/fs.c`).
const LATER_CALLS: &[&str] = &[
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let kernel = findings.kernel();
    let Answer::Present(evidence) = kernel.has(Feature::Config("CONFIG_IO_URING")) else { return };
    let is_later = kernel.version().is_some_and(|version| version >= (5, 15));
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        let Some(call) = place::syscall(hook, kernel) else { continue };
        let is_done = CALLS.contains(&call) || is_later && LATER_CALLS.contains(&call);
        if !is_done {
            continue;
        }
        let lsm = security::hook_for_syscall(call).and_then(|hook| kernel.lsm_hook(hook));
        findings.add(
            Finding::at(hook.point_span, format!("`io_uring` does what `{call}` does without it"))
                .label("a program that uses `io_uring` passes by")
                .also(action.span(), "and is not stopped")
                .help(
                    lsm.map(|hook| {
                        format!("hook the LSM hook `{}`, which both ways pass", hook.name)
                    }),
                )
                .note(format!("on {}: {}", kernel.name(), evidence.text))
                .on_kernel(kernel.name()),
        );
    }
}
