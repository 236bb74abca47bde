//! `matchArgs`, `matchData` and `matchReturnArgs` entries, and the arguments that they are about.

use crate::policy::{
    Argument, ArgumentPlace, ArgumentReference, ArgumentType, Condition, Hook, Operator,
    argument::SizeArgument, cel,
};
use crate::source::{Span, Spanned};

use super::hooks::{self, Section};
use super::selectors::Part;
use super::target::Target;

/// One entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filter<'a> {
    pub(super) hook: &'a Hook,
    pub(super) span: Span,
    pub(super) operator: &'a Spanned<Operator>,
    pub(super) values: &'a [Spanned<String>],
    pub(super) about: &'a ArgumentReference,
    /// The second argument of `CapabilitiesGained`.
    pub(super) old: Option<&'a ArgumentReference>,
    /// Of `CelExpr`, where it could be read.
    pub(super) formula: Option<&'a cel::Expression>,
    pub(super) time: Time,
}

/// When an entry is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Entry,
    Return,
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lookup<'a> {
    Found(&'a Argument),
    /// No argument has this index.
    NoSuchIndex(&'a Spanned<u32>),
    /// The list is shorter than this place.
    NoSuchPlace {
        place: &'a Spanned<u32>,
        count: usize,
    },
    /// `data` is shorter than this place.
    NoSuchData {
        place: &'a Spanned<u32>,
        count: usize,
    },
    /// Not a reference that YAML can hold.
    Elsewhere,
}

/// Every entry of a selector, those for the return included.
pub(super) fn filters<'a>(part: &Part<'a>) -> Vec<Filter<'a>> {
    let entry = part.conditions.iter().filter_map(|one| filter(part.hook, one, Time::Entry));
    let back = part.return_conditions.iter().filter_map(|one| filter(part.hook, one, Time::Return));
    entry.chain(back).collect()
}

fn filter<'a>(hook: &'a Hook, condition: &'a Condition, time: Time) -> Option<Filter<'a>> {
    let (span, operator, values, about) = match condition {
        Condition::Argument { span, argument, operator, values }
        | Condition::Cel { span, operator, argument, values, .. } => {
            (*span, operator, values, argument)
        }
        Condition::CapabilitiesGained { span, operator, new, values, .. } => {
            (*span, operator, values, new)
        }
        Condition::Binary { .. }
        | Condition::Pid { .. }
        | Condition::Namespace { .. }
        | Condition::NamespaceChange { .. }
        | Condition::Capability { .. }
        | Condition::CapabilityChange { .. }
        | Condition::Workload { .. } => return None,
    };
    let old =
        if let Condition::CapabilitiesGained { old, .. } = condition { old.as_ref() } else { None };
    let formula =
        if let Condition::Cel { formula, .. } = condition { formula.as_ref() } else { None };
    Some(Filter { hook, span, operator, values, about, old, formula, time })
}

impl<'a> Filter<'a> {
    /// The argument that it is about.
    pub(super) fn argument(&self) -> Option<&'a Argument> {
        match lookup(self.hook, self.about, self.time) {
            Lookup::Found(argument) => Some(argument),
            Lookup::NoSuchIndex(_)
            | Lookup::NoSuchPlace { .. }
            | Lookup::NoSuchData { .. }
            | Lookup::Elsewhere => None,
        }
    }

    /// The type by which Tetragon compares, where that is known.
    pub(super) fn type_(&self, target: &Target<'_>) -> Option<ArgumentType> {
        hooks::type_of(self.hook, self.argument()?, target)
    }

    /// Whether it is about an entry of `data`.
    pub(super) fn is_data(&self) -> bool {
        matches!(self.about, ArgumentReference::Data(_))
    }
}

/// Finds the argument that a reference means, as Tetragon does (`argSelectorType` and
/// `ParseMatchArg`): a place in the list, else the first argument that declares the index.
pub(super) fn lookup<'a>(
    hook: &'a Hook,
    reference: &'a ArgumentReference,
    time: Time,
) -> Lookup<'a> {
    match (reference, time) {
        (ArgumentReference::Data(place), _) => {
            let count = hook.data.len();
            match hook.data.get(place.value as usize) {
                Some(argument) => Lookup::Found(argument),
                None => Lookup::NoSuchData { place, count },
            }
        }
        (ArgumentReference::Place(place), Time::Entry) => {
            let count = hook.arguments.len();
            match hook.arguments.get(place.value as usize) {
                Some(argument) => Lookup::Found(argument),
                None => Lookup::NoSuchPlace { place, count },
            }
        }
        (ArgumentReference::Place(place), Time::Return) => match &hook.return_argument {
            Some(argument) if place.value == 0 => Lookup::Found(argument),
            Some(_) | None => Lookup::NoSuchPlace { place, count: 1 },
        },
        (ArgumentReference::Index(index), Time::Entry) => {
            let found = hook.arguments.iter().find(|one| index_of(one) == Some(index.value));
            // For tracepoints, what is no field that is read is taken for a place in the list.
            let place = || hook.arguments.get(index.value as usize).filter(|_| is_tracepoint(hook));
            found.or_else(place).map_or(Lookup::NoSuchIndex(index), Lookup::Found)
        }
        (ArgumentReference::Index(index), Time::Return) => match &hook.return_argument {
            // Where the parser kept no index, nothing can be said.
            Some(argument) if index_of(argument).is_none_or(|own| own == index.value) => {
                Lookup::Found(argument)
            }
            Some(_) | None => Lookup::NoSuchIndex(index),
        },
        (ArgumentReference::Name { .. }, _) => Lookup::Elsewhere,
    }
}

fn is_tracepoint(hook: &Hook) -> bool {
    matches!(hooks::section(hook), Section::Tracepoint | Section::RawTracepoint)
}

/// The index that an argument declares.
pub(super) fn index_of(argument: &Argument) -> Option<u32> {
    match &argument.place {
        ArgumentPlace::Index { index, .. } => Some(index.value),
        ArgumentPlace::Return { index, .. } => index.as_ref().map(|index| index.value),
        ArgumentPlace::Name(_) => None,
    }
}

/// Where the index of an argument stands.
pub(super) fn index_span(argument: &Argument) -> Span {
    match &argument.place {
        ArgumentPlace::Index { index, .. } | ArgumentPlace::Return { index: Some(index), .. } => {
            index.span
        }
        ArgumentPlace::Name(name) => name.span,
        ArgumentPlace::Return { index: None, .. } => argument.span,
    }
}

/// What `sizeArgIndex` says, where it says a number.
pub(super) fn size_of(argument: &Argument) -> Option<Spanned<u32>> {
    match &argument.size_argument {
        Some(SizeArgument::Number(number)) => Some(*number),
        Some(SizeArgument::Name(_)) | None => None,
    }
}
