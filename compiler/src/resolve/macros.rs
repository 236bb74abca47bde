//! Adds what macros say to the selectors that use them.
//!
//! Front ends refuse macros that do not exist, use others or say what the selector says already.

use std::borrow::Cow;

use crate::policy::{Expression, Hook, Macro, Selector};

/// The hook with every macro of its selectors expanded.
pub(super) fn expanded<'a>(hook: &'a Hook, macros: &[Macro]) -> Cow<'a, Hook> {
    if hook.selectors.iter().all(|selector| selector.macros.is_empty()) {
        return Cow::Borrowed(hook);
    }
    let selectors = hook.selectors.iter().map(|one| selector(one, macros)).collect();
    Cow::Owned(Hook { selectors, ..hook.clone() })
}

fn selector(from: &Selector, macros: &[Macro]) -> Selector {
    let mut whole = Selector { macros: Vec::new(), ..from.clone() };
    let find = |name: &str| macros.iter().find(|one| one.name.value == name);
    for used in from.macros.iter().filter_map(|name| find(&name.value)) {
        add(&mut whole, &used.selector);
    }
    whole
}

/// What a macro adds: its conditions hold as well, and its actions come after.
fn add(to: &mut Selector, from: &Selector) {
    let own = std::mem::replace(&mut to.condition, Expression::always());
    to.condition = Expression::All(vec![own, from.condition.clone()]).simplified();
    let own = std::mem::replace(&mut to.return_condition, Expression::always());
    to.return_condition = Expression::All(vec![own, from.return_condition.clone()]).simplified();
    to.actions.extend(from.actions.iter().cloned());
    to.return_actions.extend(from.return_actions.iter().cloned());
    if to.label.is_none() {
        to.label.clone_from(&from.label);
    }
}
