//! Whether an action means something at its hook, and the arguments of the hook that it names.

use super::super::selector::Scope;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::{self, Action, ActionKind, Point};
use crate::resolved::{ArgumentId, Reader, Structure};
use crate::source::{Span, Spanned};

/// A kind of hook, as actions are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Function,
    Tracepoint,
    Lsm,
    Uprobe,
    Usdt,
}

/// Refuses an action that does nothing at its hook.
pub(super) fn check(
    action: &Action,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let at = at(&scope.written().point);
    let where_ = match &action.kind {
        ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::CleanupEnforcerNotification => &[At::Function, At::Tracepoint][..],
        ActionKind::TrackSock { .. } | ActionKind::UntrackSock { .. } => &[At::Function],
        ActionKind::Set { .. } => &[At::Usdt],
        ActionKind::Override { replacement: Some(_), .. } => &[At::Uprobe],
        ActionKind::Override { replacement: None, .. }
        | ActionKind::Post { .. }
        | ActionKind::NoPost
        | ActionKind::Sigkill
        | ActionKind::Signal { .. } => return no_enforcer(action, scope.policy(), diagnostics),
    };
    if where_.contains(&at) {
        return no_enforcer(action, scope.policy(), diagnostics);
    }
    let name = action.kind.name();
    let places: Vec<&str> = where_.iter().copied().map(words).collect();
    let finding = Finding::at(action.span, format!("`{name}` does nothing at {}", word(at)))
        .label("without effect here")
        .help(format!("it acts at {}", places.join(" and ")));
    Err(diagnostics.error(&code::MISPLACED_ACTION, finding))
}

/// Refuses to tell an enforcer that is not there.
fn no_enforcer(
    action: &Action,
    policy: &policy::Policy,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let needs_one = matches!(
        action.kind,
        ActionKind::NotifyEnforcer { .. } | ActionKind::CleanupEnforcerNotification
    );
    if !needs_one || !policy.enforcers.is_empty() {
        return Ok(());
    }
    let finding = Finding::at(action.span, "the policy has no enforcer")
        .label("nobody is told")
        .help("add `enforcers` with the system calls or functions that are to fail".to_owned());
    Err(diagnostics.error(&code::MISSING_ENFORCER, finding))
}

/// The argument at a place of the hook's list.
pub(super) fn argument(
    place: Option<Spanned<u32>>,
    action: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<ArgumentId, Reported> {
    let number = place.map_or(0, |place| place.value);
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    if index < scope.arguments().len() {
        return Ok(ArgumentId::Argument(index));
    }
    let count = scope.arguments().len();
    let span = place.map_or(action, |place| place.span);
    let label = match count {
        0 => "the hook reads no arguments".to_owned(),
        _ => format!("the last place in the list is {}", count - 1),
    };
    let finding = Finding::at(span, format!("there is no argument at place {number}"))
        .label(label)
        .note("actions count arguments by their place in the hook's list, from 0");
    Err(wrong(finding, diagnostics))
}

/// The socket at a place of the hook's list.
pub(super) fn socket(
    place: Option<Spanned<u32>>,
    action: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<ArgumentId, Reported> {
    let id = argument(place, action, scope, diagnostics)?;
    let Some(found) = scope.resolved(id)? else { return Ok(id) };
    if matches!(found.reader, Reader::Structure(Structure::Sock | Structure::Socket)) {
        return Ok(id);
    }
    let span = place.map_or(action, |place| place.span);
    let finding =
        Finding::at(span, format!("a value of type `{}` is no socket", found.type_.name()))
            .label("not a `sock`")
            .also(found.span, "the argument")
            .help("name the place of an argument of type `sock`".to_owned());
    Err(wrong(finding, diagnostics))
}

fn wrong(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::ACTION_ARGUMENT, finding)
}

fn at(point: &Point) -> At {
    match point {
        Point::Function(_) | Point::Syscall(_) | Point::List { .. } | Point::Fentry(_) => {
            At::Function
        }
        Point::Lsm(_) => At::Lsm,
        Point::Tracepoint { .. } | Point::RawTracepoint { .. } => At::Tracepoint,
        Point::Uprobe(_) => At::Uprobe,
        Point::Usdt { .. } => At::Usdt,
    }
}

fn word(at: At) -> &'static str {
    match at {
        At::Function => "a kernel function",
        At::Tracepoint => "a tracepoint",
        At::Lsm => "an LSM hook",
        At::Uprobe => "a uprobe",
        At::Usdt => "a USDT probe",
    }
}

fn words(at: At) -> &'static str {
    match at {
        At::Function => "kernel functions",
        At::Tracepoint => "tracepoints",
        At::Lsm => "LSM hooks",
        At::Uprobe => "uprobes",
        At::Usdt => "USDT probes",
    }
}
