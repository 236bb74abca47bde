//! To whom sockets belong: what actions remember, and whose events those about sockets are.

use super::program::{Builder, operation};
use super::{Attribution, Part};
use crate::ids::Id;
use crate::ir::{Operation, OperationKind, Value};
use crate::policy::TrackAction;
use crate::resolved::{Action, ArgumentId};
use crate::source::Span;

/// The sockets among `values`, when the policy keeps track of them.
pub(super) fn owned(
    builder: &Builder<'_>,
    part: &Part<'_>,
    values: &[Id<Value>],
) -> Vec<Id<Value>> {
    match part.attribution {
        Attribution::Caller => Vec::new(),
        Attribution::SocketOwner => {
            let is_socket = |value: &&Id<Value>| builder.values[**value].reader.is_socket();
            values.iter().filter(is_socket).copied().collect()
        }
    }
}

/// What `actions` remember and forget. It comes after the report, which is about whom the socket
/// belonged to until then.
pub(super) fn tracking(
    builder: &Builder<'_>,
    part: &Part<'_>,
    actions: &[Action],
) -> Vec<Operation> {
    let track = |one: &Action| match one {
        Action::TrackSock { span, argument } => {
            track(builder, part, *argument, TrackAction::Track, *span)
        }
        Action::UntrackSock { span, argument } => {
            track(builder, part, *argument, TrackAction::Untrack, *span)
        }
        Action::Post { .. }
        | Action::NoPost { .. }
        | Action::Signal { .. }
        | Action::Override { .. }
        | Action::Redirect { .. }
        | Action::GetUrl { .. }
        | Action::DnsLookup { .. }
        | Action::NotifyEnforcer { .. }
        | Action::CleanupEnforcerNotification { .. }
        | Action::Set { .. } => None,
    };
    actions.iter().filter_map(track).collect()
}

/// What `returnArgAction` does with the socket that the call returns.
pub(super) fn of_return(builder: &Builder<'_>, part: &Part<'_>) -> Vec<Operation> {
    let action = part.hook.return_action;
    let operation = |action: crate::source::Spanned<TrackAction>| {
        track(builder, part, ArgumentId::Return, action.value, action.span)
    };
    action.and_then(operation).into_iter().collect()
}

/// Nothing when the argument is no socket: `resolve` refuses that.
fn track(
    builder: &Builder<'_>,
    part: &Part<'_>,
    argument: ArgumentId,
    action: TrackAction,
    span: Span,
) -> Option<Operation> {
    let socket = builder.value(part, argument)?;
    let is_socket = builder.values[socket].reader.is_socket();
    let policy = part.policy;
    is_socket.then(|| operation(span, OperationKind::Track { policy, socket, action }))
}
