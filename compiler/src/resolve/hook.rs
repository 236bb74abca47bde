//! Binds one hook: what it hooks, what it reads, what it decides, how it is attached.

use writ_bundle::HookKind;

use super::parameter::Signature;
use super::target::Target;
use super::{argument, attachment, not_done, selector, target};
use crate::diagnostic::{Diagnostics, Reported};
use crate::kernel::Profile;
use crate::policy::{self, ActionKind};
use crate::resolved;

/// The hook, bound.
pub(super) fn hook(
    from: &policy::Hook,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Hook, Reported> {
    let target = target::target(&from.point, kernel, diagnostics)?;
    if let Some(missing) = not_done::of_hook(from, diagnostics).into_iter().next() {
        return Err(missing);
    }
    let signature = Signature::of(&target, kernel);
    let arguments: Vec<_> = from
        .arguments
        .iter()
        .map(|argument| argument::argument(argument, &signature, diagnostics))
        .collect();
    let return_argument = from
        .return_argument
        .as_ref()
        .map(|argument| argument::returned(argument, &signature, diagnostics))
        .transpose();
    let arguments = arguments.into_iter().collect::<Result<Vec<_>, _>>();
    let (arguments, return_argument) = (arguments?, return_argument?);

    let scope = selector::Scope::new(from, &arguments, return_argument.as_ref());
    let selectors: Vec<_> = from
        .selectors
        .iter()
        .map(|selector| selector::selector(selector, &scope, diagnostics))
        .collect();
    let overrides = first_override(from);
    let attachments =
        attachment::attachments(from, &target, overrides, &arguments, kernel, diagnostics);
    let selectors = selectors.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (attachment, return_attachment) = attachments?;
    Ok(resolved::Hook {
        span: from.span,
        point_span: from.point.span(),
        kind: kind(&target),
        attachment,
        return_attachment,
        arguments,
        return_argument,
        selectors,
        message: from.message.as_ref().map(|message| message.value.clone()),
        tags: from.tags.iter().map(|tag| tag.value.clone()).collect(),
    })
}

/// The first action that must be able to make the call fail.
fn first_override(hook: &policy::Hook) -> Option<&policy::Action> {
    let mut actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
    actions.find(|action| matches!(action.kind, ActionKind::Override { .. }))
}

/// What events of the hook are called: the policy's words, with the name that Tetragon prints.
fn kind(target: &Target<'_>) -> HookKind {
    match target {
        Target::Function(function) => HookKind::Kprobe { function: function.name.to_owned() },
        Target::Syscall(syscall) => HookKind::Kprobe { function: syscall.function_name.clone() },
        Target::Lsm(hook) => HookKind::Lsm { hook: hook.name.to_owned() },
        Target::Tracepoint(tracepoint) => HookKind::Tracepoint {
            subsystem: tracepoint.subsystem.clone(),
            event: tracepoint.event.clone(),
        },
        Target::RawTracepoint { subsystem, tracepoint } => HookKind::Tracepoint {
            subsystem: subsystem.clone(),
            event: tracepoint.event.to_owned(),
        },
    }
}
