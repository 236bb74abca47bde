//! Binds one hook: what it hooks, what it reads, what it decides, how it is attached.

use writ_bundle::HookKind;

use super::attachment::Plan;
use super::parameter::Signature;
use super::selector::Scope;
use super::target::Target;
use super::wish::Denial;
use super::{argument, attachment, selector, sharing, target, wish};
use crate::diagnostic::{Diagnostics, Reported};
use crate::kernel::Profile;
use crate::policy::{self, ActionKind};
use crate::resolved::{self, Sharing};

/// The hooks that `from` makes, bound: one for each function, several for a list.
pub(super) fn hooks(
    from: &policy::Hook,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<resolved::Hook>, Reported> {
    let mut missing = Diagnostics::default();
    let found = target::targets(&from.point, policy, kernel, &mut missing);
    // Under `ignore.callNotFound` a function that is not there is no mistake.
    if found.is_err() && from.ignore_missing.is_some() {
        return Ok(Vec::new());
    }
    diagnostics.append(missing);
    let targets = match found {
        Ok(targets) => targets,
        Err(reported) => {
            unbound_selectors(from, reported, policy, diagnostics);
            return Err(reported);
        }
    };
    let overrides = first_override(from);
    let denies = overrides.map_or(Denial::NotWanted, |_| Denial::Wanted);
    let force = wish::force(from, denies, policy, kernel);
    let sharing = match denies {
        Denial::NotWanted => sharing::sharing(&targets, force, policy, kernel),
        Denial::Wanted => Sharing::Own,
    };
    let plan = Plan { overrides, force, sharing };
    let mut hooks = Vec::new();
    for target in &targets {
        // What is wrong at the first function of a list is most often wrong at all: it is said once.
        hooks.push(hook(from, target, plan, policy, kernel, diagnostics)?);
    }
    Ok(hooks)
}

/// Looks at the selectors of a hook whose function is not known: what they ask of processes and what
/// they do can be wrong as well.
fn unbound_selectors(
    from: &policy::Hook,
    reported: Reported,
    policy: &policy::Policy,
    diagnostics: &mut Diagnostics,
) {
    let refused = |list: &[policy::Argument]| vec![Err(reported); list.len()];
    let (arguments, data) = (refused(&from.arguments), refused(&from.data));
    let returned = from.return_argument.as_ref().map(|_| Err(reported));
    let scope = Scope::new(from, &arguments, &data, returned.as_ref(), policy);
    for one in &from.selectors {
        // What is wrong is in `diagnostics`, and nothing else is wanted of it.
        let _ = selector::selector(one, &scope, diagnostics);
    }
}

fn hook(
    from: &policy::Hook,
    target: &Target<'_>,
    plan: Plan<'_>,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Hook, Reported> {
    let signature = Signature::of(target, kernel);
    let mut bind = |list: &[policy::Argument]| -> Vec<_> {
        list.iter()
            .map(|argument| argument::argument(argument, &signature, kernel, diagnostics))
            .collect()
    };
    let (arguments, data) = (bind(&from.arguments), bind(&from.data));
    let returned = from
        .return_argument
        .as_ref()
        .map(|argument| argument::returned(argument, &signature, kernel, diagnostics));

    let scope = Scope::new(from, &arguments, &data, returned.as_ref(), policy);
    let selectors: Vec<_> = from
        .selectors
        .iter()
        .map(|selector| selector::selector(selector, &scope, diagnostics))
        .collect();
    let read = arguments.iter().chain(&data);
    let sound: Vec<_> = read.filter_map(|one| one.as_ref().ok()).cloned().collect();
    let chosen = attachment::attachments(from, target, plan, &sound, kernel, diagnostics)?;
    Ok(resolved::Hook {
        span: from.span,
        point_span: from.point.span(),
        kind: kind(target),
        sharing: chosen.sharing,
        calls: calls(target, chosen.sharing, kernel),
        attachment: chosen.entry,
        return_attachment: chosen.exit,
        arguments: arguments.into_iter().collect::<Result<Vec<_>, _>>()?,
        data: data.into_iter().collect::<Result<Vec<_>, _>>()?,
        return_argument: returned.transpose()?,
        selectors: selectors.into_iter().collect::<Result<Vec<_>, _>>()?,
        message: from.message.as_ref().map(|message| message.value.clone()),
        tags: from.tags.iter().map(|tag| tag.value.clone()).collect(),
        return_action: from.return_action,
    })
}

/// The numbers of a system call, where they are what tells it from others.
fn calls(target: &Target<'_>, sharing: Sharing, kernel: &Profile) -> Vec<u32> {
    match (target, sharing) {
        (Target::Syscall(syscall), Sharing::Calls) => kernel.call_numbers(&syscall.function_name),
        (_, Sharing::Own | Sharing::Multi | Sharing::Cookies | Sharing::Calls) => Vec::new(),
    }
}

/// The first action that must be able to make the call fail.
fn first_override(hook: &policy::Hook) -> Option<&policy::Action> {
    let mut actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
    actions.find(|action| matches!(action.kind, ActionKind::Override { replacement: None, .. }))
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
