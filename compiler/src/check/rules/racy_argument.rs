//! Enforcement rests on memory that the caller can change after it was looked at.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::check::facts::{argument, enforcement, kernel_selectors};
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::{Hook, Origin, Policy, Question, Reader, Structure};

pub(super) const RULE: Rule = Rule { code: &code::RACY_ARGUMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        let racy = selector.condition.tests().into_iter().find(|test| {
            argument(hook.view(), test).is_some_and(|one| is_racy(hook, one.origin, one.reader))
        });
        let Some(racy) = racy else { continue };
        let is_text = matches!(racy.question, Question::Text { .. } | Question::Substring { .. });
        let what = if is_text { "text" } else { "value" };
        findings.add(
            Finding::at(
                racy.span,
                format!("the caller can change this {what} after it was looked at"),
            )
            .inferred()
            .label("read from the caller's memory")
            .also(action.span(), "rests on it")
            .help(instead(hook, findings)),
        );
    }
}

/// Whether a value is read from user space before the kernel has made its own copy.
fn is_racy(hook: &Hook, origin: Origin, reader: Reader) -> bool {
    let is_in_memory = matches!(
        reader,
        Reader::Text
            | Reader::Buffer { .. }
            | Reader::Vectors { .. }
            | Reader::Structure(
                Structure::Sockaddr | Structure::SockaddrUn { .. } | Structure::BpfAttr
            )
    );
    if !is_in_memory {
        return false;
    }
    match origin {
        Origin::SyscallParameter(..) => true,
        Origin::Field { .. } => matches!(
            &hook.kind,
            HookKind::Tracepoint { event, .. } if event.starts_with("sys_enter_")
        ),
        Origin::Parameter(_)
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UserParameter(_)
        | Origin::UsdtArgument(_) => false,
    }
}

fn instead(hook: &Hook, findings: &Findings<'_>) -> Option<String> {
    let name = match &hook.kind {
        HookKind::Kprobe { function } => {
            function.strip_prefix(findings.kernel().syscall_prefix())?
        }
        HookKind::Tracepoint { event, .. } => event.strip_prefix("sys_enter_")?,
        HookKind::Lsm { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => return None,
    };
    let hook = findings.kernel().lsm_hook(security::hook_for_syscall(name)?)?;
    Some(format!("hook the LSM hook `{}`: it is given what the kernel really uses", hook.name))
}
