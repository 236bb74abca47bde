//! Selectors as Tetragon sees them: with the macros that they name.

use crate::policy::{Action, ActionKind, Condition, Expression, Hook, Policy, Selector};

/// A selector of a hook with what its macros add.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) hook: &'a Hook,
    pub(super) selector: &'a Selector,
    pub(super) conditions: Vec<&'a Condition>,
    /// Decided when the call returns. Empty where nothing is reported of the return.
    pub(super) return_conditions: Vec<&'a Condition>,
    pub(super) actions: Vec<&'a Action>,
    pub(super) return_actions: Vec<&'a Action>,
}

/// Every selector of every hook.
pub(super) fn parts(policy: &Policy) -> impl Iterator<Item = Part<'_>> {
    policy.selectors().map(|(hook, selector)| part(policy, hook, selector))
}

/// Those of one hook.
pub(super) fn parts_of<'a>(policy: &'a Policy, hook: &'a Hook) -> impl Iterator<Item = Part<'a>> {
    hook.selectors.iter().map(|selector| part(policy, hook, selector))
}

fn part<'a>(policy: &'a Policy, hook: &'a Hook, selector: &'a Selector) -> Part<'a> {
    let mut part = Part {
        hook,
        selector,
        conditions: Vec::new(),
        return_conditions: Vec::new(),
        actions: Vec::new(),
        return_actions: Vec::new(),
    };
    let named = selector.macros.iter().filter_map(|name| {
        policy.macros.iter().find(|one| one.name.value == name.value).map(|one| &one.selector)
    });
    for (place, from) in [selector].into_iter().chain(named).enumerate() {
        let own = conditions(&from.condition).into_iter();
        // Tetragon forgets the workloads of a macro.
        let kept = own.filter(|one| place == 0 || !matches!(one, Condition::Workload { .. }));
        part.conditions.extend(kept);
        part.actions.extend(&from.actions);
        if hook.return_argument.is_some() {
            part.return_conditions.extend(conditions(&from.return_condition));
            part.return_actions.extend(&from.return_actions);
        }
    }
    part
}

/// The conditions that must all hold. YAML has no other expressions.
pub(super) fn conditions(expression: &Expression) -> Vec<&Condition> {
    let mut found = Vec::new();
    collect(expression, &mut found);
    found
}

fn collect<'a>(expression: &'a Expression, found: &mut Vec<&'a Condition>) {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            for part in parts {
                collect(part, found);
            }
        }
        Expression::Not(part) => collect(part, found),
        Expression::Test(condition) => found.push(condition),
    }
}

/// Whether an action does something to the caller (`HasEnforcementAction`).
pub(super) fn is_enforcement(action: &ActionKind) -> bool {
    match action {
        ActionKind::Sigkill
        | ActionKind::Signal { .. }
        | ActionKind::Override { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::Set { .. } => true,
        ActionKind::Post { .. }
        | ActionKind::NoPost
        | ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::TrackSock { .. }
        | ActionKind::UntrackSock { .. }
        | ActionKind::CleanupEnforcerNotification => false,
    }
}
