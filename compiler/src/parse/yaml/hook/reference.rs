//! Conditions refer to arguments by index or place. When an entry of `args` or `data` was not
//! understood, what refers to it is not understood either, and the places behind it move.

use crate::policy::{
    Action, ActionKind, Argument, ArgumentPlace, ArgumentReference, Condition, Expression, Selector,
};
use crate::source::Spanned;

/// The entries of a list of arguments that were understood.
pub(super) struct Kept {
    pub(super) list: Vec<Argument>,
    /// For each entry as written, whether it was understood.
    was_understood: Vec<bool>,
}

impl Kept {
    pub(super) fn new(read: Vec<Option<Argument>>) -> Self {
        let was_understood = read.iter().map(Option::is_some).collect();
        Self { list: read.into_iter().flatten().collect(), was_understood }
    }

    fn is_whole(&self) -> bool {
        self.was_understood.iter().all(|&understood| understood)
    }

    /// Where the entry written at `place` stands now; `None` when it was not understood. A place
    /// that was never there is kept, since it is a mistake of its own.
    fn place(&self, place: u32) -> Option<u32> {
        let at = usize::try_from(place).unwrap_or(usize::MAX);
        let lost = self.was_understood.iter().take(at).filter(|&&understood| !understood).count();
        let is_understood = self.was_understood.get(at).copied().unwrap_or(true);
        is_understood.then(|| place.saturating_sub(u32::try_from(lost).unwrap_or(u32::MAX)))
    }

    /// Whether an entry declares this index. One that was not understood may have.
    fn may_declare(&self, index: u32) -> bool {
        let declares = |argument: &Argument| matches!(argument.place, ArgumentPlace::Index { index: declared, .. } if declared.value == index);
        self.is_whole() || self.list.iter().any(declares)
    }
}

/// Takes out of `selector` what refers to an argument that was not understood, and lets the rest
/// refer to what was. Whether nothing was taken out.
pub(super) fn settle(
    selector: &mut Selector,
    arguments: &Kept,
    data: &Kept,
    returned: Option<&Argument>,
) -> bool {
    let places = |action: &mut Action| place_of(action).is_none_or(|place| moved(place, arguments));
    let mut is_whole = settled(&mut selector.condition, |one| refers(one, arguments, data));
    is_whole &= settled(&mut selector.return_condition, |_| returned.is_some());
    for actions in [&mut selector.actions, &mut selector.return_actions] {
        actions.retain_mut(places);
    }
    is_whole
}

fn settled(expression: &mut Expression, is_kept: impl Fn(&mut Condition) -> bool) -> bool {
    let Expression::All(parts) = expression else { return true };
    let before = parts.len();
    parts.retain_mut(|part| match part {
        Expression::Test(condition) => is_kept(condition),
        Expression::All(_) | Expression::Any(_) | Expression::Not(_) => true,
    });
    parts.len() == before
}

/// Whether all that a condition refers to was understood.
fn refers(condition: &mut Condition, arguments: &Kept, data: &Kept) -> bool {
    let settle = |reference: &mut ArgumentReference| match reference {
        ArgumentReference::Index(index) => arguments.may_declare(index.value),
        ArgumentReference::Place(place) => moved(place, arguments),
        ArgumentReference::Data(place) => moved(place, data),
        ArgumentReference::Name { .. } => true,
    };
    match condition {
        Condition::Argument { argument, .. } => settle(argument),
        // A formula names arguments by their places.
        Condition::Cel { .. } => arguments.is_whole(),
        Condition::CapabilitiesGained { new, old, .. } => {
            settle(new) && old.as_mut().is_none_or(settle)
        }
        Condition::Binary { .. }
        | Condition::Pid { .. }
        | Condition::Namespace { .. }
        | Condition::NamespaceChange { .. }
        | Condition::Capability { .. }
        | Condition::CapabilityChange { .. }
        | Condition::Workload { .. } => true,
    }
}

/// The place in the list of arguments that an action names.
fn place_of(action: &mut Action) -> Option<&mut Spanned<u32>> {
    match &mut action.kind {
        ActionKind::TrackSock { argument }
        | ActionKind::UntrackSock { argument }
        | ActionKind::Set { argument, .. } => argument.as_mut(),
        ActionKind::Post { .. }
        | ActionKind::NoPost
        | ActionKind::Sigkill
        | ActionKind::Signal { .. }
        | ActionKind::Override { .. }
        | ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::CleanupEnforcerNotification => None,
    }
}

fn moved(place: &mut Spanned<u32>, kept: &Kept) -> bool {
    let Some(now) = kept.place(place.value) else { return false };
    place.value = now;
    true
}
