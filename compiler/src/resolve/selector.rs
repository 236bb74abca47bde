//! Binds a selector, and finds the arguments that its conditions are about.

use super::action;
use super::condition::{self, Moment, expression};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::policy::{self, ArgumentPlace, ArgumentReference, Point};
use crate::resolved::{self, Action, Argument, ArgumentId};
use crate::source::Span;

/// An argument, or that it was refused.
pub(super) type Bound = Result<Argument, Reported>;

/// What conditions of a hook can be about. What is asked of an argument that was refused is no
/// second mistake; everything else about its hook is looked at all the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    written: &'a policy::Hook,
    arguments: &'a [Bound],
    data: &'a [Bound],
    returned: Option<&'a Bound>,
    policy: &'a policy::Policy,
}

/// The selector, bound.
pub(super) fn selector(
    from: &policy::Selector,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Selector, Reported> {
    let condition = expression(&from.condition, Moment::Entry, scope, diagnostics);
    // Front ends refuse to ask about a return that the hook does not look at.
    let returned = match scope.returned {
        Some(_) => expression(&from.return_condition, Moment::Return, scope, diagnostics),
        None => Ok(resolved::Expression::All(Vec::new())),
    };
    let actions = action::actions(&from.actions, scope, diagnostics);
    let return_actions = action::return_actions(&from.return_actions, scope, diagnostics);
    let posts = |actions: Vec<Action>| {
        if actions.is_empty() { vec![Action::post(from.span)] } else { actions }
    };
    let return_actions = return_actions?;
    Ok(resolved::Selector {
        span: from.span,
        label: from.label.as_ref().map(|label| label.value.clone()),
        condition: condition?,
        return_condition: returned?,
        actions: posts(actions?),
        return_actions: if scope.returned.is_some() {
            posts(return_actions)
        } else {
            return_actions
        },
    })
}

impl<'a> Scope<'a> {
    /// The arguments of a hook, as written and as bound; both lists have the same order.
    pub(super) fn new(
        written: &'a policy::Hook,
        arguments: &'a [Bound],
        data: &'a [Bound],
        returned: Option<&'a Bound>,
        policy: &'a policy::Policy,
    ) -> Self {
        Self { written, arguments, data, returned, policy }
    }

    /// The hook as it was written.
    pub(super) fn written(&self) -> &'a policy::Hook {
        self.written
    }

    /// What the hook reads, as bound.
    pub(super) fn arguments(&self) -> &'a [Bound] {
        self.arguments
    }

    /// The lists of the policy.
    pub(super) fn lists(&self) -> &'a [policy::List] {
        &self.policy.lists
    }

    /// The policy that the hook belongs to.
    pub(super) fn policy(&self) -> &'a policy::Policy {
        self.policy
    }

    /// The argument behind an id; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When it was refused.
    pub(super) fn resolved(&self, id: ArgumentId) -> Result<Option<&'a Argument>, Reported> {
        let bound = match id {
            ArgumentId::Argument(place) => self.arguments.get(place),
            ArgumentId::Data(place) => self.data.get(place),
            ArgumentId::Return => self.returned,
        };
        bound.map(|bound| bound.as_ref().map_err(|reported| *reported)).transpose()
    }

    /// The argument that a condition means.
    pub(super) fn argument(
        &self,
        reference: &ArgumentReference,
        moment: Moment,
        diagnostics: &mut Diagnostics,
    ) -> Result<ArgumentId, Reported> {
        let found = match moment {
            Moment::Entry => self.at_entry(reference),
            Moment::Return => self.is_return(reference).then_some(ArgumentId::Return),
        };
        let Some(id) = found else { return Err(self.unknown(reference, diagnostics)) };
        if let (ArgumentReference::Name { field: Some(field), .. }, Some(argument)) =
            (reference, self.resolved(id)?)
        {
            condition::field(argument, field, diagnostics)?;
        }
        Ok(id)
    }

    /// Refuses a condition about an argument that the hook does not read.
    pub(super) fn unknown(
        &self,
        reference: &ArgumentReference,
        diagnostics: &mut Diagnostics,
    ) -> Reported {
        let (what, help) = match reference {
            ArgumentReference::Index(index) => {
                (format!("argument {}", index.value), self.declared())
            }
            ArgumentReference::Place(place) => {
                (format!("argument at place {}", place.value), self.declared())
            }
            ArgumentReference::Data(place) => (format!("data {}", place.value), None),
            ArgumentReference::Name { name, .. } => {
                let names = self.written.arguments.iter().filter_map(policy::Argument::name);
                (
                    format!("argument `{}`", name.value),
                    did_you_mean(&name.value, names).or_else(|| self.declared()),
                )
            }
        };
        let finding = Finding::at(reference.span(), format!("the hook reads no {what}"))
            .label("not among the arguments of this hook")
            .also(self.arguments_span(), "this is what it reads")
            .help(help);
        diagnostics.error(&code::UNDECLARED_ARGUMENT, finding)
    }

    fn at_entry(&self, reference: &ArgumentReference) -> Option<ArgumentId> {
        let data = &self.written.data;
        match reference {
            ArgumentReference::Data(place) => {
                let place = usize::try_from(place.value).ok()?;
                (place < self.data.len()).then_some(ArgumentId::Data(place))
            }
            ArgumentReference::Name { name, .. } => {
                let of_data = || data.iter().position(|one| one.name() == Some(&name.value));
                let argument = self.among_arguments(reference).map(ArgumentId::Argument);
                argument.or_else(|| of_data().map(ArgumentId::Data))
            }
            ArgumentReference::Index(_) | ArgumentReference::Place(_) => {
                self.among_arguments(reference).map(ArgumentId::Argument)
            }
        }
    }

    fn among_arguments(&self, reference: &ArgumentReference) -> Option<usize> {
        let written = &self.written.arguments;
        match reference {
            ArgumentReference::Index(wanted) => written
                .iter()
                .zip(self.arguments)
                .position(|(argument, bound)| index_of(argument, bound) == Some(wanted.value))
                .or_else(|| self.tracepoint_place(wanted.value)),
            ArgumentReference::Place(place) => self.place(place.value),
            ArgumentReference::Data(_) => None,
            ArgumentReference::Name { name, .. } => {
                written.iter().position(|argument| argument.name() == Some(&name.value))
            }
        }
    }

    fn place(&self, place: u32) -> Option<usize> {
        usize::try_from(place).ok().filter(|&place| place < self.arguments.len())
    }

    /// At a tracepoint Tetragon takes a number that is no field's for a place in the list
    /// (`pkg/sensors/tracing/generictracepoint.go`).
    fn tracepoint_place(&self, number: u32) -> Option<usize> {
        match &self.written.point {
            Point::Tracepoint { .. } | Point::RawTracepoint { .. } => self.place(number),
            Point::Function(_)
            | Point::Syscall(_)
            | Point::List { .. }
            | Point::Fentry(_)
            | Point::Lsm(_)
            | Point::Uprobe(_)
            | Point::Usdt { .. } => None,
        }
    }

    fn is_return(&self, reference: &ArgumentReference) -> bool {
        let Some(argument) = &self.written.return_argument else { return false };
        let ArgumentPlace::Return { index, name } = &argument.place else { return true };
        match reference {
            ArgumentReference::Index(wanted) => {
                index.is_none_or(|index| index.value == wanted.value)
            }
            ArgumentReference::Place(place) => place.value == 0,
            ArgumentReference::Data(_) => false,
            ArgumentReference::Name { name: wanted, .. } => {
                name.as_ref().is_some_and(|name| name.value == wanted.value)
            }
        }
    }

    fn declared(&self) -> Option<String> {
        let all: Vec<String> = self
            .written
            .arguments
            .iter()
            .map(|argument| match (&argument.place, argument.name()) {
                (ArgumentPlace::Return { .. }, _) => "the return value".to_owned(),
                (_, Some(name)) => format!("`{name}`"),
                (ArgumentPlace::Index { index, .. }, None) => format!("`{}`", index.value),
                (ArgumentPlace::Name(name), None) => format!("`{}`", name.value),
            })
            .collect();
        (!all.is_empty()).then(|| format!("it reads {}", all.join(", ")))
    }

    fn arguments_span(&self) -> Span {
        let spans = self.written.arguments.iter().map(|argument| argument.span);
        spans.reduce(Span::to).unwrap_or_else(|| self.written.point.span())
    }
}

/// The number by which conditions call an argument.
fn index_of(argument: &policy::Argument, bound: &Bound) -> Option<u32> {
    match &argument.place {
        ArgumentPlace::Index { index, .. } => Some(index.value),
        ArgumentPlace::Name(_) => match bound.as_ref().ok()?.origin {
            resolved::Origin::Parameter(index) | resolved::Origin::SyscallParameter(index, _) => {
                Some(index)
            }
            resolved::Origin::Field { .. }
            | resolved::Origin::Return { .. }
            | resolved::Origin::CurrentTask
            | resolved::Origin::Register { .. }
            | resolved::Origin::UserParameter(_)
            | resolved::Origin::UsdtArgument(_) => None,
        },
        ArgumentPlace::Return { index, .. } => index.map(|index| index.value),
    }
}
