//! Binds enforcers: the system calls and security functions on which they can act.

use super::list;
use super::target::{Target, call};
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::Profile;
use crate::policy::{self, CallKind, ListKind};
use crate::resolved::Enforcer;
use crate::source::Spanned;

/// The enforcer, bound.
pub(super) fn enforcer(
    from: &policy::Enforcer,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Enforcer, Reported> {
    let mut functions = Vec::new();
    let mut failure = None;
    for call in &from.calls {
        match named(call, policy, kernel, diagnostics) {
            Ok(found) => functions.extend(found),
            Err(reported) => failure = Some(reported),
        }
    }
    failure.map_or(Ok(Enforcer { span: from.span, functions }), Err)
}

/// The functions that one entry of `calls` names.
fn named(
    name: &Spanned<String>,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Spanned<String>>, Reported> {
    let Some(list) = list::name_of(&name.value) else {
        return Ok(vec![function(name, kernel, diagnostics)?]);
    };
    let Some(found) = list::find(list, &policy.lists) else { return Ok(Vec::new()) };
    if let Some(ListKind::GeneratedSyscalls | ListKind::GeneratedFtrace) =
        found.kind.map(|kind| kind.value)
    {
        return Ok(Vec::new());
    }
    let functions: Vec<Result<Spanned<String>, Reported>> =
        found.values.iter().map(|value| function(value, kernel, diagnostics)).collect();
    functions.into_iter().collect()
}

fn function(
    name: &Spanned<String>,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Spanned<String>, Reported> {
    // Calls of 32-bit programs have functions and numbers of their own, which profiles do not list.
    if list::is_of_32_bits(&name.value) {
        return Ok(name.clone());
    }
    let bare = list::without_abi(&name.value);
    let kind = if bare.starts_with("sys_") || bare.starts_with(kernel.syscall_prefix()) {
        CallKind::Syscall
    } else if bare.starts_with("security_") {
        CallKind::Function
    } else {
        let finding = Finding::at(name.span, format!("an enforcer cannot act on `{}`", name.value))
            .label("neither a system call nor a security function")
            .help(
                "name system calls (`sys_…`) or functions that begin with `security_`".to_owned(),
            );
        return Err(diagnostics.error(&code::ENFORCER_CALL, finding));
    };
    let bare = Spanned::new(bare.to_owned(), name.span);
    let name = match call(&bare, kind, kernel, diagnostics)? {
        Target::Syscall(syscall) => syscall.function_name,
        Target::Function(_)
        | Target::Lsm(_)
        | Target::Tracepoint(_)
        | Target::RawTracepoint { .. } => bare.value,
    };
    Ok(Spanned::new(name, bare.span))
}
