//! The second phase: binds every name of a policy to a thing of the target kernel.

mod action;
mod argument;
mod attachment;
mod candidate;
mod capability;
mod cel;
mod condition;
mod digest;
mod enforcer;
mod family;
mod fit;
mod generated;
mod hook;
mod list;
mod loader;
mod macros;
mod names;
mod number;
mod operator;
mod parameter;
mod program;
mod register_table;
mod resume;
mod selector;
mod sharing;
mod size;
mod socket;
mod target;
mod text;
mod types;
mod value;
mod walk;
mod wish;

use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::Profile;
use crate::policy::{self, Mode, Point};
use crate::resolved;

pub use names::names;

/// Binds `policy` to `kernel`, or says everything that stands in the way.
///
/// `None` when it reported an error. What is returned has every part of the policy.
pub fn resolve(
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Option<resolved::Policy> {
    let mut bound = Bound::default();
    for hook in &policy.hooks {
        let found = hooks_of(hook, policy, kernel, diagnostics);
        // Of a hook that was not understood in full, only what is wrong with it is of use.
        match found {
            Ok(found) if hook.is_whole => bound.add(found),
            Ok(_) => {}
            Err(_) => bound.is_whole = false,
        }
    }
    if let Some(span) = policy.loader {
        match loader::hook(span, kernel, diagnostics) {
            Ok(hook) => bound.hooks.push(hook),
            Err(_) => bound.is_whole = false,
        }
    }
    let enforcers: Vec<Result<resolved::Enforcer, Reported>> = policy
        .enforcers
        .iter()
        .map(|one| enforcer::enforcer(one, policy, kernel, diagnostics))
        .collect();
    let enforcers = enforcers.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
    if !bound.is_whole {
        return None;
    }
    if policy.hooks.iter().all(|hook| hook.is_whole) {
        idle_mode(policy, &bound, diagnostics);
    }
    Some(resolved::Policy {
        span: policy.span,
        name: policy.name.value.clone(),
        name_span: policy.name.span,
        namespace: policy.namespace.as_ref().map(|namespace| namespace.value.clone()),
        mode: policy.mode.map_or(Mode::Enforce, |mode| mode.value),
        hooks: bound.hooks,
        program_hooks: bound.program_hooks,
        enforcers,
        settings: policy.options.clone(),
        workloads: policy.workloads.clone(),
        nodes: policy.nodes.clone(),
        loader: policy.loader,
    })
}

/// What the hooks of a policy were bound to.
struct Bound {
    hooks: Vec<resolved::Hook>,
    program_hooks: Vec<resolved::Hook>,
    /// Whether all of them were.
    is_whole: bool,
}

impl Default for Bound {
    fn default() -> Self {
        Self { hooks: Vec::new(), program_hooks: Vec::new(), is_whole: true }
    }
}

impl Bound {
    fn add(&mut self, found: Found) {
        match found {
            Found::Kernel(hooks) => self.hooks.extend(hooks),
            Found::Program(hooks) => self.program_hooks.extend(hooks),
        }
    }
}

/// What one entry of a policy makes.
enum Found {
    Kernel(Vec<resolved::Hook>),
    Program(Vec<resolved::Hook>),
}

fn hooks_of(
    hook: &policy::Hook,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Found, Reported> {
    let hook = macros::expanded(hook, &policy.macros);
    match &hook.point {
        Point::Uprobe(_) | Point::Usdt { .. } => {
            program::hooks(&hook, policy, kernel, diagnostics).map(Found::Program)
        }
        Point::Function(_)
        | Point::Syscall(_)
        | Point::List { .. }
        | Point::Fentry(_)
        | Point::Lsm(_)
        | Point::Tracepoint { .. }
        | Point::RawTracepoint { .. } => {
            hook::hooks(&hook, policy, kernel, diagnostics).map(Found::Kernel)
        }
    }
}

/// Points at `enforce` in a policy that has nothing to enforce. Tetragon then only monitors, and
/// the mode cannot be switched any more.
fn idle_mode(policy: &policy::Policy, bound: &Bound, diagnostics: &mut Diagnostics) {
    let Some(mode) = policy.mode.filter(|mode| mode.value == Mode::Enforce) else { return };
    let of_programs = bound.program_hooks.iter().flat_map(|hook| &hook.selectors);
    let selectors = bound.hooks.iter().flat_map(|hook| &hook.selectors).chain(of_programs);
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
