//! A hook is on a system call that 64-bit programs never make.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::{Hook, Policy};

pub(super) const RULE: Rule = Rule { code: &code::UNUSED_SYSCALL, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in &policy.hooks {
        let Some((unused, used)) = unused(hook, findings) else { continue };
        findings.add(
            Finding::at(hook.point_span, format!("64-bit programs never call `sys_{unused}`"))
                .label("sees nothing but old 32-bit programs, if those")
                .help(format!("hook `sys_{used}`, which serves the call `{}`", plain(unused)))
                .inferred()
                .on_kernel(findings.kernel().name()),
        );
    }
}

/// The old call that a hook is on, and the one in use.
fn unused<'a>(hook: &'a Hook, findings: &Findings<'_>) -> Option<(&'a str, String)> {
    let HookKind::Kprobe { function } = &hook.kind else { return None };
    let kernel = findings.kernel();
    let name = function.strip_prefix(kernel.syscall_prefix())?;
    // On arm64 no other function has these names.
    let used = match security::function_of_syscall(name) {
        Some(used) if kernel.architecture() == "x86_64" => used,
        // `chown16` and the like take numbers of 16 bits (`kernel/uid16.c`).
        Some(_) | None => name.strip_suffix("16")?,
    };
    kernel.syscall(used)?;
    Some((name, used.to_owned()))
}

/// What user space calls it.
fn plain(name: &str) -> &str {
    name.strip_suffix("16").unwrap_or(name)
}
