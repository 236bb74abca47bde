//! A path is compared as the caller spelled it, and there are many spellings.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{argument, kernel_tests};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::{Origin, Policy, Question, Reader, Sense};

pub(super) const RULE: Rule = Rule { code: &code::CALLER_SPELLING, check };

/// System calls that are given paths of files, and have LSM hooks that are given the files.
const CALLS: &[&str] = &[
    "open",
    "openat",
    "openat2",
    "creat",
    "execve",
    "execveat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "mknod",
    "mknodat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "chown",
    "lchown",
    "fchownat",
    "truncate",
    "setxattr",
    "lsetxattr",
    "chroot",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in kernel_tests(policy) {
        let kernel = findings.kernel();
        let Some(call) = place::syscall(hook, kernel).filter(|call| CALLS.contains(call)) else {
            continue;
        };
        let Question::Text { set, .. } = &test.question else { continue };
        let Some(argument) = argument(hook.view(), test) else { continue };
        // What a new link says is no path that is looked up.
        let is_content = call.starts_with("symlink")
            && matches!(argument.origin, Origin::SyscallParameter(0, _));
        let is_spelled = !is_content && matches!(argument.reader, Reader::Text | Reader::Filename);
        let absolute = set.patterns.iter().find(|one| match &one.pattern {
            Pattern::Equal(text) | Pattern::Prefix(text) => text.starts_with('/'),
            Pattern::Postfix(_) => false,
        });
        let (Some(absolute), true, Sense::Is) = (absolute, is_spelled, test.sense) else {
            continue;
        };
        let lsm = security::hook_for_syscall(call).and_then(|hook| kernel.lsm_hook(hook));
        findings.add(
            Finding::at(
                absolute.span,
                format!("`{call}` is given paths as its caller spells them"),
            )
            .label("not seen behind `cd`, `..`, a double slash or a symbolic link")
            .help(lsm.map(|hook| {
                format!("hook the LSM hook `{}`: it is given the file itself", hook.name)
            })),
        );
    }
}
