//! The second phase: binds every name of a policy to a thing of the target kernel.

mod action;
mod argument;
mod attachment;
mod candidate;
mod condition;
mod fit;
mod hook;
mod not_done;
mod number;
mod operator;
mod parameter;
mod selector;
mod target;
mod text;
mod value;

use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::Profile;
use crate::policy::{self, Mode};
use crate::resolved;
use crate::source::Span;

/// Binds `policy` to `kernel`, or says everything that stands in the way.
///
/// `None` when it reported an error; what is returned can be carried out.
pub fn resolve(
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Option<resolved::Policy> {
    let missing = not_done::of_policy(policy, diagnostics);
    let hooks: Vec<Result<resolved::Hook, Reported>> = policy
        .hooks
        .iter()
        .map(|hook| (hook.is_whole, hook::hook(hook, kernel, diagnostics)))
        .filter(|(is_whole, bound)| *is_whole || bound.is_err())
        .map(|(_, bound)| bound)
        .collect();
    let hooks = hooks.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
    if !missing.is_empty() {
        return None;
    }
    if policy.hooks.iter().all(|hook| hook.is_whole) {
        idle_mode(policy, &hooks, diagnostics);
    }
    Some(resolved::Policy {
        span: policy.span,
        name: policy.name.value.clone(),
        name_span: policy.name.span,
        namespace: policy.namespace.as_ref().map(|namespace| namespace.value.clone()),
        mode: policy.mode.map_or(Mode::Enforce, |mode| mode.value),
        hooks,
    })
}

/// Points at `enforce` in a policy that has nothing to enforce. Tetragon then only monitors, and
/// the mode cannot be switched any more.
fn idle_mode(policy: &policy::Policy, hooks: &[resolved::Hook], diagnostics: &mut Diagnostics) {
    let Some(mode) = policy.mode.filter(|mode| mode.value == Mode::Enforce) else { return };
    let selectors = hooks.iter().flat_map(|hook| &hook.selectors);
    let mut actions =
        selectors.flat_map(|selector| selector.actions.iter().chain(&selector.return_actions));
    if actions.any(resolved::Action::is_enforcement) {
        return;
    }
    let finding = Finding::at(mode.span, "this policy enforces nothing")
        .label("there is nothing to enforce")
        .help("leave the mode out, or add `Sigkill` or `Override` to a selector".to_owned());
    diagnostics.add(&code::IDLE_MODE, finding);
}

/// Refuses a legal part of the language rather than ignore it. `what` is what the user would call
/// it, with an article or in the plural.
fn not_yet(what: &str, span: Span, diagnostics: &mut Diagnostics) -> Reported {
    let message = format!("the writ engine does not do {what} yet");
    diagnostics.error(&code::NOT_YET, Finding::at(span, message).label("not done yet"))
}
