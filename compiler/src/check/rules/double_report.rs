//! Two hooks report one and the same operation.

use super::{Findings, Rule, code};
use crate::check::facts::enforcement;
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::{Action, Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::DOUBLE_REPORT, check };

/// Hooks that a call asks once, about what it does itself.
const ONCE: &[&str] = &[
    "bprm_check_security",
    "file_open",
    "inode_link",
    "inode_mkdir",
    "inode_mknod",
    "inode_rename",
    "inode_rmdir",
    "inode_symlink",
    "inode_unlink",
    "sb_mount",
    "socket_bind",
    "socket_connect",
    "socket_listen",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let asked: Vec<(&Hook, String)> = policy
        .hooks
        .iter()
        .filter(|hook| reports(hook))
        .filter_map(|hook| Some((hook, place::lsm_hook(hook)?)))
        .filter(|(_, name)| ONCE.contains(&name.as_str()))
        .collect();
    for hook in policy.hooks.iter().filter(|hook| reports(hook)) {
        let Some(call) = place::syscall(hook, findings.kernel()) else { continue };
        let decided = security::hook_for_syscall(call);
        let other = asked.iter().find(|(_, name)| Some(name.as_str()) == decided);
        let Some((other, name)) = other else { continue };
        findings.add(
            Finding::at(hook.point_span, format!("`{call}` is reported twice"))
                .inferred()
                .label("when the call begins")
                .also(other.point_span, format!("and when `{name}` is asked"))
                .help("keep the LSM hook, unless failed attempts matter too".to_owned()),
        );
    }
}

/// Whether the hook is for events only, each of its hits or some.
fn reports(hook: &Hook) -> bool {
    let posts = |action: &Action| matches!(action, Action::Post { .. });
    hook.selectors.is_empty()
        || hook
            .selectors
            .iter()
            .all(|one| enforcement(one).is_none() && one.actions.iter().any(posts))
}
