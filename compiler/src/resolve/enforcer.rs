//! Binds enforcers: the system calls and security functions on which they can act.

use super::target::{Target, call, syscall_of_32_bits};
use super::{attachment, generated, list};
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::Profile;
use crate::policy::{self, ActionKind, CallKind, ListKind};
use crate::resolved::{Acts, Attachment, EnforcedFunction, Enforcer};
use crate::source::Spanned;

/// The enforcer, bound.
pub(super) fn enforcer(
    from: &policy::Enforcer,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Enforcer, Reported> {
    let wanted = wanted(policy);
    let mut functions = Vec::new();
    let mut failure = None;
    let mut only_signals = None;
    for call in &from.calls {
        let bound = named(call, policy, kernel, diagnostics).and_then(|targets| {
            let bind = |target| bound(call, &target, wanted, policy, kernel, diagnostics);
            targets.into_iter().map(bind).collect::<Result<Vec<_>, _>>()
        });
        match bound {
            Ok(found) => functions.extend(found),
            Err(reported) => failure = Some(reported),
        }
    }
    if let Some(reported) = failure {
        return Err(reported);
    }
    if wanted == Wanted::ErrorOrSignal {
        only_signals = functions.iter().find(|function| function.acts == Acts::Signals);
    }
    if let Some(function) = only_signals {
        warn_signals(function, kernel, diagnostics);
    }
    Ok(Enforcer { span: from.span, functions })
}

/// What the notifications of a policy ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// No error.
    Signal,
    /// An error, and a signal with each.
    ErrorOrSignal,
    /// An error that no signal stands for.
    Error,
}

fn wanted(policy: &policy::Policy) -> Wanted {
    let selectors = policy.selectors().map(|(_, selector)| selector);
    let selectors = selectors.chain(policy.macros.iter().map(|one| &one.selector));
    let actions = selectors.flat_map(|one| one.actions.iter().chain(&one.return_actions));
    actions.fold(Wanted::Signal, |wanted, action| {
        let ActionKind::NotifyEnforcer { error, signal } = action.kind else { return wanted };
        let is_set = |number: Option<Spanned<i64>>| number.is_some_and(|number| number.value != 0);
        match (is_set(error), is_set(signal), wanted) {
            (true, false, _) | (_, _, Wanted::Error) => Wanted::Error,
            (true, true, Wanted::Signal) => Wanted::ErrorOrSignal,
            (_, _, wanted) => wanted,
        }
    })
}

/// How the enforcer acts on one function.
fn bound(
    call: &Spanned<String>,
    target: &Target<'_>,
    wanted: Wanted,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<EnforcedFunction, Reported> {
    let span = call.span;
    let both = attachment::that_denies(target, span, policy, kernel);
    let (attachment, acts) = match (both, wanted) {
        (Ok(attachment), Wanted::Error | Wanted::ErrorOrSignal) => {
            (attachment, Acts::FailsAndSignals)
        }
        (Err(obstacles), Wanted::Error) => {
            return Err(attachment::cannot_deny(span, target, &obstacles, kernel, diagnostics));
        }
        (_, Wanted::Signal) | (Err(_), Wanted::ErrorOrSignal) => {
            match attachment::that_observes(target, &[], span, kernel) {
                Ok(attachment) => (attachment, Acts::Signals),
                Err(obstacles) => {
                    let found = &obstacles;
                    return Err(attachment::cannot_deny(span, target, found, kernel, diagnostics));
                }
            }
        }
    };
    let Attachment { attach, reason, mut needs } = attachment;
    needs.extend(attachment::signal_need(span, kernel));
    let attachment = Attachment { attach, reason: format!("enforcer: {reason}"), needs };
    Ok(EnforcedFunction { span, attachment, acts })
}

fn warn_signals(function: &EnforcedFunction, kernel: &Profile, diagnostics: &mut Diagnostics) {
    let finding = Finding::at(function.span, "the enforcer can only send its signal here")
        .label("this kernel cannot make the call fail")
        .help("hook the LSM hook that decides about the call, which can deny it".to_owned())
        .note("the call takes place before the signal arrives")
        .on_kernel(kernel.name());
    diagnostics.add(&code::ENFORCER_SIGNALS, finding);
}

/// The functions that one entry of `calls` names.
fn named<'a>(
    name: &Spanned<String>,
    policy: &policy::Policy,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Target<'a>>, Reported> {
    let Some(list) = list::name_of(&name.value) else {
        return function(name, kernel, diagnostics).map(Vec::from_iter);
    };
    let Some(found) = list::find(list, &policy.lists) else { return Ok(Vec::new()) };
    if let Some(ListKind::GeneratedSyscalls | ListKind::GeneratedFtrace) =
        found.kind.map(|kind| kind.value)
    {
        return generated::targets(found, kernel, diagnostics);
    }
    let functions = found.values.iter().map(|value| function(value, kernel, diagnostics));
    let functions: Vec<Result<Option<Target<'a>>, Reported>> = functions.collect();
    functions.into_iter().filter_map(Result::transpose).collect()
}

/// `None` for a call of 32-bit programs on a kernel that serves none.
fn function<'a>(
    name: &Spanned<String>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Target<'a>>, Reported> {
    let bare = list::without_abi(&name.value);
    let bare = Spanned::new(bare.to_owned(), name.span);
    if list::is_of_32_bits(&name.value) {
        if !kernel.serves_32_bits() {
            return Ok(None);
        }
        return syscall_of_32_bits(&bare, kernel, diagnostics).map(Some);
    }
    let kind = if bare.value.starts_with("sys_") || bare.value.starts_with(kernel.syscall_prefix())
    {
        CallKind::Syscall
    } else if bare.value.starts_with("security_") {
        CallKind::Function
    } else {
        let finding = Finding::at(name.span, format!("an enforcer cannot act on `{}`", name.value))
            .label("neither a system call nor a security function")
            .help(
                "name system calls (`sys_…`) or functions that begin with `security_`".to_owned(),
            );
        return Err(diagnostics.error(&code::ENFORCER_CALL, finding));
    };
    call(&bare, kind, kernel, diagnostics).map(Some)
}
