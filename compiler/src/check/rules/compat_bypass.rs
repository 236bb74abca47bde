//! A 32-bit program makes the same system call through another function.

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, kernel_selectors};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::{Answer, Feature, security};
use crate::resolved::Policy;
use writ_bundle::HookKind;

pub(super) const RULE: Rule = Rule { code: &code::COMPAT_BYPASS, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let kernel = findings.kernel();
    let Answer::Present(evidence) = kernel.has(Feature::Config("CONFIG_IA32_EMULATION")) else {
        return;
    };
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        let HookKind::Kprobe { .. } = &hook.kind else { continue };
        let Some(call) = place::syscall(hook, kernel) else { continue };
        let native = format!("__ia32_sys_{call}");
        let others = [&native, &format!("__ia32_compat_sys_{call}")];
        let is_hooked = |name: &&String| {
            let kind = HookKind::Kprobe { function: (*name).clone() };
            policy.hooks.iter().any(|hook| hook.kind == kind)
        };
        if others.iter().any(is_hooked) {
            continue;
        }
        let lsm = security::hook_for_syscall(call).and_then(|hook| kernel.lsm_hook(hook));
        let help = lsm.map_or_else(
            || format!("hook `{native}` too"),
            |hook| format!("hook the LSM hook `{}`, which all programs pass", hook.name),
        );
        findings.add(
            Finding::at(hook.point_span, format!("32-bit programs do not call this `{call}`"))
                .label("a 32-bit program passes by")
                .also(action.span(), "and is not stopped")
                .help(help)
                .note(format!("on {}: {}", kernel.name(), evidence.text))
                .on_kernel(kernel.name()),
        );
    }
}
