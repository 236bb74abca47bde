//! What a hook asks of the way in which it is attached.

use crate::kernel::{Profile, Way};
use crate::policy::{ActionKind, Hook, OverrideMethod, Point, Policy, Setting};
use crate::resolved::{Argument, Sharing};
use crate::source::Span;

/// What a hook asks of the way in which it is attached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Whether it must be able to make the call fail.
    pub(super) denies: Denial,
    /// Whether it looks at the return value.
    pub(super) returns: Return,
    /// Whether it shows the digest of a file, for which the program must sleep.
    pub(super) digest: Digest,
    pub(super) arguments: &'a [Argument],
    /// How it is to share a program with the others on its list.
    pub(super) sharing: Sharing,
    pub(super) force: Option<Force>,
}

/// Whether a hook must be able to make the call fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    Wanted,
    NotWanted,
}

/// Whether a hook looks at the return value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Return {
    Wanted,
    NotWanted,
}

/// Whether a hook shows the digest of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Wanted,
    NotWanted,
}

/// The way that the user wants, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Force {
    pub(super) way: Way,
    /// Where it is asked for: the option, or the hook that the command line names.
    pub(super) span: Span,
}

/// The way that `hook` must be attached, if the command line or an option of the policy says so.
pub(super) fn force(
    hook: &Hook,
    denies: Denial,
    policy: &Policy,
    kernel: &Profile,
) -> Option<Force> {
    let span = hook.point.span();
    if let Some(way) = kernel.forced(&hook.point.name()) {
        return Some(Force { way, span });
    }
    let is_function = matches!(
        hook.point,
        Point::Function(_) | Point::Syscall(_) | Point::List { .. } | Point::Fentry(_)
    );
    if !is_function {
        return None;
    }
    let asked = override_method(policy)?;
    match denies {
        Denial::Wanted => Some(asked),
        // Kprobes run before the fentry programs of a function. An enforcer's kprobe would act before
        // it was notified, where another kprobe, attached later, is run first.
        Denial::NotWanted if asked.way == Way::Kprobe && notifies(hook) => Some(asked),
        Denial::NotWanted => None,
    }
}

fn notifies(hook: &Hook) -> bool {
    let mut actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
    actions.any(|action| matches!(action.kind, ActionKind::NotifyEnforcer { .. }))
}

/// How the policy wants calls to be made to fail (`override-method`).
pub(super) fn override_method(policy: &Policy) -> Option<Force> {
    policy.options.iter().rev().find_map(|option| match option.value {
        Setting::OverrideMethod(OverrideMethod::ModifyReturn) => {
            Some(Force { way: Way::FmodRet, span: option.span })
        }
        Setting::OverrideMethod(OverrideMethod::OverrideReturn) => {
            Some(Force { way: Way::Kprobe, span: option.span })
        }
        Setting::DisableKprobeMulti(_)
        | Setting::DisableUprobeMulti(_)
        | Setting::SleepablePreloadSize(_) => None,
    })
}

/// Whether each place in a program has a link of its own (`disable-uprobe-multi`).
pub(super) fn uprobes_are_apart(policy: &Policy) -> bool {
    let said = policy.options.iter().rev().find_map(|option| match option.value {
        Setting::DisableUprobeMulti(flag) => Some(flag),
        Setting::DisableKprobeMulti(_)
        | Setting::OverrideMethod(_)
        | Setting::SleepablePreloadSize(_) => None,
    });
    said.unwrap_or(false)
}
