//! A policy hooks a system call, and leaves out another that does the same.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::SYSCALL_VARIANT, check };

/// System calls that do the same; who hooks one must hook all to see everything.
const FAMILIES: &[&[&str]] = &[
    &["open", "openat", "openat2"],
    &["execve", "execveat"],
    &["unlink", "unlinkat"],
    &["rename", "renameat", "renameat2"],
    &["mkdir", "mkdirat"],
    &["mknod", "mknodat"],
    &["link", "linkat"],
    &["symlink", "symlinkat"],
    &["chmod", "fchmodat", "fchmodat2"],
    &["chown", "lchown", "fchownat"],
    &["accept", "accept4"],
    &["init_module", "finit_module"],
    &["clone", "clone3"],
    &["dup2", "dup3"],
    &["kexec_load", "kexec_file_load"],
    &["mount", "move_mount"],
    &["setgid", "setregid", "setresgid"],
    &["setuid", "setreuid", "setresuid"],
    &["settimeofday", "clock_settime"],
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let prefix = findings.kernel().syscall_prefix();
    let hooked: Vec<_> = policy
        .hooks
        .iter()
        .filter_map(|hook| {
            let name = match &hook.kind {
                HookKind::Kprobe { function } => function.strip_prefix(prefix)?,
                HookKind::Tracepoint { event, .. } => event.strip_prefix("sys_enter_")?,
                HookKind::Lsm { .. }
                | HookKind::Uprobe { .. }
                | HookKind::Usdt { .. }
                | HookKind::Loader => {
                    return None;
                }
            };
            Some((hook, name))
        })
        .collect();
    for (at, (hook, name)) in hooked.iter().enumerate() {
        let Some(family) = FAMILIES.iter().find(|family| family.contains(name)) else { continue };
        let seen = |other: &str| hooked.iter().any(|(_, name)| *name == other);
        let first = !hooked.iter().take(at).any(|(_, name)| family.contains(name));
        let missing: Vec<String> = family
            .iter()
            .filter(|other| !seen(other) && findings.kernel().syscall(other).is_some())
            .map(|other| format!("`{other}`"))
            .collect();
        if missing.is_empty() || !first {
            continue;
        }
        let hook_name = security::hook_for_syscall(name)
            .filter(|hook| family.iter().all(|one| security::hook_for_syscall(one) == Some(*hook)));
        let lsm = hook_name
            .map_or(String::new(), |hook| format!(", or hook `{hook}`, which all of them pass"));
        findings.add(
            Finding::at(hook.point_span, format!("`{name}` is not the only way to do this"))
                .inferred()
                .label(format!("{} would not be seen", missing.join(" and ")))
                .help(format!("hook {} too{lsm}", missing.join(" and "))),
        );
    }
}
