//! Which parts of a resolved policy the writ engine cannot run yet.
//!
//! `check` refuses them, each where it stands; `lower` relies on that.

use super::{Action, Argument, Extras, Hook, Origin, Policy, Selector};
use crate::policy::Setting;
use crate::source::Span;

/// A part that the writ engine cannot run yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What the user would call it, with an article or in the plural: `uprobes`.
    pub what: String,
    pub span: Span,
}

/// Every such part, in the order in which they stand.
pub fn parts(policy: &Policy) -> Vec<Part> {
    let mut parts = Parts::default();
    of_policy(policy, &mut parts);
    for hook in policy.hooks.iter().chain(&policy.program_hooks) {
        of_hook(hook, &mut parts);
    }
    let mut parts = parts.0;
    parts.sort_by_key(|part| part.span);
    // A hook on a list is several hooks at one place.
    parts.dedup();
    parts
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, what: impl Into<String>, span: impl Into<Option<Span>>) {
        let Some(span) = span.into() else { return };
        self.0.push(Part { what: what.into(), span });
    }
}

fn of_policy(policy: &Policy, parts: &mut Parts) {
    for option in &policy.settings {
        match option.value {
            // How hooks are attached rests on the first two already. Texts of programs are read
            // where they are needed, without a map that could be too small.
            Setting::DisableKprobeMulti(_)
            | Setting::OverrideMethod(_)
            | Setting::SleepablePreloadSize(_) => {}
            Setting::DisableUprobeMulti(_) => {
                parts.add(format!("the option `{}`", option.value.name()), option.span);
            }
        }
    }
}

fn of_hook(hook: &Hook, parts: &mut Parts) {
    for argument in hook.arguments.iter().chain(&hook.data).chain(&hook.return_argument) {
        of_argument(argument, parts);
    }
    hook.selectors.iter().for_each(|selector| of_selector(selector, parts));
}

fn of_argument(argument: &Argument, parts: &mut Parts) {
    if let Some(walk) = &argument.walk
        && !walk.begins_with_pointer()
        && argument.origin != Origin::CurrentTask
    {
        let is_field = matches!(argument.origin, Origin::Field { .. });
        let what = if is_field {
            "`resolve` into an array of the record"
        } else {
            "`resolve` through structures of a program"
        };
        parts.add(what, walk.span);
    }
}

fn of_selector(selector: &Selector, parts: &mut Parts) {
    for action in selector.actions.iter().chain(&selector.return_actions) {
        of_action(action, parts);
    }
}

fn of_action(action: &Action, parts: &mut Parts) {
    let span = action.span();
    match action {
        Action::Post { extras: Extras { kernel_stack: _, user_stack: _, ima_hash }, .. } => {
            parts.add("digests of files", *ima_hash);
        }
        Action::NoPost { .. }
        | Action::Signal { .. }
        | Action::Override { .. }
        | Action::Set { .. }
        | Action::GetUrl { .. }
        | Action::DnsLookup { .. }
        | Action::TrackSock { .. }
        | Action::UntrackSock { .. }
        | Action::NotifyEnforcer { .. }
        | Action::CleanupEnforcerNotification { .. } => {}
        Action::Redirect { .. } => parts.add("`Override` that runs something else", span),
    }
}
