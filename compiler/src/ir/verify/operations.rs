//! Whether a program does only what its role and its attachment allow.

use writ_bundle::Attach;
use writ_bundle::record::flag;

use super::{functions, must, values};
use crate::diagnostic::Defect;
use crate::ir::{Extra, Jump, Module, Operation, OperationKind, Program, Report, Role};
use crate::resolved::Acts;

/// Every operation of a block fits, and what must come last comes last.
pub(super) fn verify(
    module: &Module,
    program: &Program,
    operations: &[Operation],
    jump: &Jump,
) -> Result<(), Defect> {
    for (place, operation) in operations.iter().enumerate() {
        let is_last = place + 1 == operations.len() && *jump == Jump::Finish;
        let fits = match &operation.kind {
            OperationKind::Post(one) => report(module, program, one).map(|()| true)?,
            OperationKind::Signal { number } => is_hook(program) && (1..=64).contains(number),
            OperationKind::Set { .. } => matches!(program.attach, Attach::Usdt { .. }),
            OperationKind::Redirect { .. } => {
                program.role == Role::Entry && matches!(program.attach, Attach::Uprobe { .. })
            }
            OperationKind::Deny { error } => can_deny(program) && (-4095..=0).contains(error),
            OperationKind::Cancel { hook, function } => {
                functions(module, program, *hook, *function)?;
                program.role == Role::Return && program.hooks.contains(hook)
            }
            OperationKind::Notify { policy, error, signal } => {
                is_hook(program)
                    && is_policy(module, *policy)
                    && (-4095..=0).contains(error)
                    && *signal <= 64
            }
            OperationKind::Forget { policy } => is_hook(program) && is_policy(module, *policy),
            OperationKind::Enforce { policy, acts } => {
                program.role == Role::Enforce
                    && is_policy(module, *policy)
                    && (*acts == Acts::Signals || can_deny(program))
            }
            OperationKind::Track { policy, socket, .. } => {
                values::is_socket(program, *socket)?;
                is_hook(program) && (*policy as usize) < module.policies.len()
            }
            OperationKind::Await { hook, function, pairing: _ } => {
                functions(module, program, *hook, *function)?;
                program.role == Role::Entry
            }
            OperationKind::JoinBinarySet { set } => {
                program.role == Role::Exec && (*set as usize) < module.binary_sets.len()
            }
            OperationKind::JoinFollowSet { set } => {
                program.role == Role::Fork && (*set as usize) < module.follow_sets.len()
            }
            OperationKind::FollowLineage | OperationKind::FollowBaseline => !is_hook(program),
            OperationKind::FinishExec => program.role == Role::Exec && is_last,
            OperationKind::FinishFork => program.role == Role::Fork && is_last,
            OperationKind::FinishExit => program.role == Role::Exit && is_last,
        };
        must(fits, || format!("it cannot do {:?} there", operation.kind))?;
    }
    Ok(())
}

fn is_policy(module: &Module, policy: u32) -> bool {
    (policy as usize) < module.policies.len()
}

fn is_hook(program: &Program) -> bool {
    matches!(program.role, Role::Entry | Role::Return)
}

/// Whether the answer of the hooked call can be decided: the call has not run yet, and the program's
/// answer counts.
fn can_deny(program: &Program) -> bool {
    let counts = match program.attach {
        Attach::Lsm { .. } | Attach::FmodRet { .. } | Attach::Kprobe { .. } => true,
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::Kretprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::Tracepoint { .. }
        | Attach::RawTracepoint { .. }
        | Attach::BtfTracepoint { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => false,
    };
    matches!(program.role, Role::Entry | Role::Enforce) && counts
}

/// A report names a hook and a selector that there are, and shows values of the program.
fn report(module: &Module, program: &Program, report: &Report) -> Result<(), Defect> {
    let hook =
        module.hooks.get(report.hook as usize).filter(|_| program.hooks.contains(&report.hook));
    let Some(hook) = hook else {
        return Err(Defect(format!("it reports hook {}, which it does not serve", report.hook)));
    };
    functions(module, program, report.hook, report.function)?;
    let has_selector = match report.selector {
        Some(selector) => usize::from(selector) < hook.selectors.len(),
        None => hook.selectors.is_empty(),
    };
    must(has_selector, || format!("it reports selector {:?}", report.selector))?;
    let is_return = report.flags & flag::IS_RETURN != 0;
    let awaits = report.flags & flag::AWAITS_RETURN != 0;
    let fits = match program.role {
        Role::Entry => !is_return,
        Role::Return => is_return && !awaits,
        Role::Enforce | Role::Exec | Role::Fork | Role::Exit => false,
    };
    must(fits, || format!("its report has the flags {:#x}", report.flags))?;
    must(report.policy == hook.policy, || "its report is another policy's".into())?;
    report.sockets.iter().try_for_each(|socket| values::is_socket(program, *socket))?;
    let sleeps = matches!(program.attach, Attach::Lsm { sleepable: true, .. });
    let has_digest = report.extras.iter().any(|extra| matches!(extra, Extra::Digest(_)));
    must(sleeps || !has_digest, || "its report shows a digest, for which it must sleep".into())?;
    report.values.iter().try_for_each(|value| values::exists(program, *value))
}
