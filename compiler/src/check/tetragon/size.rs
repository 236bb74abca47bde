//! How many bytes a hook's selectors take in Tetragon's filter map (the layout is described above
//! `InitKernelSelectors` in `pkg/selectors/kernel.go`).

use crate::policy::{Action, ActionKind, Condition, Hook, Operator, Policy};

use super::filter::{Filter, Time, filters};
use super::selectors::{Part, parts_of};
use super::target::{Programs, Target};
use super::types::{Class, class};

/// One word of the map.
const WORD: usize = 4;

/// Bytes that the selectors of a hook take at entry, and those that they take at return.
pub(super) fn bytes(policy: &Policy, hook: &Hook, target: &Target<'_>) -> (usize, usize) {
    let parts: Vec<Part<'_>> = parts_of(policy, hook).collect();
    // The number of selectors, then an offset for each.
    let head = WORD + WORD * parts.len();
    let entry: usize = parts.iter().map(|part| entry(part, target)).sum();
    let back: usize = parts.iter().map(|part| back(part, target)).sum();
    (head + entry, head + back)
}

/// A selector: its length, five lists of questions about the process, arguments and actions.
fn entry(part: &Part<'_>, target: &Target<'_>) -> usize {
    let process: usize = part.conditions.iter().map(|one| process(one)).sum();
    WORD + 5 * WORD + process + arguments(part, Time::Entry, target) + actions(&part.actions)
}

/// At return there are no questions about the process.
fn back(part: &Part<'_>, target: &Target<'_>) -> usize {
    WORD + arguments(part, Time::Return, target) + actions(&part.return_actions)
}

fn process(condition: &Condition) -> usize {
    match condition {
        Condition::Pid { values, .. } => 3 * WORD + WORD * values.len(),
        Condition::Namespace { values, .. } => 3 * WORD + WORD * values.len(),
        // Kind, operator, user namespace and a mask of 64 bits.
        Condition::Capability { .. } | Condition::CapabilityChange { .. } => 5 * WORD,
        Condition::NamespaceChange { .. } => 2 * WORD,
        // Some have maps of their own, and arguments a list of their own.
        Condition::Binary { .. }
        | Condition::Workload { .. }
        | Condition::Argument { .. }
        | Condition::Cel { .. }
        | Condition::CapabilitiesGained { .. } => 0,
    }
}

/// The list's length, five offsets, and the entries.
fn arguments(part: &Part<'_>, time: Time, target: &Target<'_>) -> usize {
    let entries = filters(part).into_iter().filter(|one| one.time == time);
    6 * WORD + entries.map(|one| argument(&one, target)).sum::<usize>()
}

/// Index, operator, length and type, then what is compared.
fn argument(filter: &Filter<'_>, target: &Target<'_>) -> usize {
    4 * WORD + values(filter, target)
}

fn values(filter: &Filter<'_>, target: &Target<'_>) -> usize {
    let count = filter.values.len();
    let number = match filter.type_(target).map(class) {
        Some(Class::Number(number)) => Some(number.written as usize / 8),
        Some(Class::Capabilities) => Some(2 * WORD),
        Some(Class::Text | Class::Network | Class::Other) | None => None,
    };
    match filter.operator.value {
        Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => match number {
            Some(bytes) => bytes * count,
            // One map for each class of lengths.
            None => WORD * if target.programs >= Programs::V511 { 11 } else { 8 },
        },
        Operator::GreaterThan | Operator::LessThan | Operator::Mask => {
            number.unwrap_or(WORD) * count
        }
        Operator::InRange | Operator::NotInRange => 2 * number.unwrap_or(WORD) * count,
        Operator::SubString | Operator::SubStringIgnoreCase => {
            // Numbers have none, and nothing is written.
            if number.is_some() { 0 } else { WORD * count }
        }
        Operator::FileType | Operator::NotFileType => WORD * count,
        Operator::SAddr | Operator::NotSAddr | Operator::DAddr | Operator::NotDAddr => 2 * WORD,
        Operator::SPortPriv
        | Operator::NotSPortPriv
        | Operator::DPortPriv
        | Operator::NotDPortPriv => 0,
        Operator::Prefix
        | Operator::NotPrefix
        | Operator::Postfix
        | Operator::NotPostfix
        | Operator::InMap
        | Operator::NotInMap
        | Operator::SPort
        | Operator::NotSPort
        | Operator::DPort
        | Operator::NotDPort
        | Operator::Protocol
        | Operator::Family
        | Operator::State
        | Operator::CapabilitiesGained
        | Operator::CelExpression => WORD,
    }
}

fn actions(actions: &[&Action]) -> usize {
    WORD + actions.iter().map(|action| self::action(&action.kind)).sum::<usize>()
}

fn action(action: &ActionKind) -> usize {
    let arguments = match action {
        ActionKind::Post { .. } => 5,
        ActionKind::NotifyEnforcer { .. } => 3,
        ActionKind::Set { .. } => 2,
        ActionKind::Signal { .. }
        | ActionKind::Override { .. }
        | ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::TrackSock { .. }
        | ActionKind::UntrackSock { .. } => 1,
        ActionKind::NoPost | ActionKind::Sigkill | ActionKind::CleanupEnforcerNotification => 0,
    };
    WORD + WORD * arguments
}
