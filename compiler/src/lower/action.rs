//! What a selector does where it matches.

use writ_bundle::Attach;
use writ_bundle::record::{action, flag};

use super::program::{Builder, operation};
use super::{Part, sockets};
use crate::ids::Id;
use crate::ir::{Block, Branch, Extra, Jump, Operation, OperationKind, Report, Role, Test};
use crate::resolved::{Action, ArgumentId, Extras, Origin};
use crate::source::Span;

/// Whose actions they are, and what comes after them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub part: &'a Part<'a>,
    /// `None` for a hook without selectors.
    pub selector: Option<u16>,
    pub after: Id<Block>,
}

/// Fills `here` with the actions of a selector that matched when the hook was hit.
///
/// A hook whose return is reported awaits it only when the hit itself is reported: `NoPost` and a
/// rate limit hold back the whole call.
pub(super) fn entry(
    builder: &mut Builder<'_>,
    moment: &Moment<'_>,
    actions: &[Action],
    here: Id<Block>,
) {
    let values = builder.shown(Role::Entry, moment.part);
    let awaits = moment.part.hook.return_attachment.is_some();
    let report = Report {
        hook: moment.part.index,
        function: moment.part.function,
        selector: moment.selector,
        action: action::POST,
        action_argument: 0,
        flags: if awaits { flag::AWAITS_RETURN } else { 0 },
        sockets: sockets::owned(builder, moment.part, &values),
        policy: moment.part.policy,
        values,
        extras: Vec::new(),
        pairing: moment.part.pairing,
        saved: saved(moment.part),
        rate_limit: None,
    };
    let post = report_of(actions, report).map(|(span, report)| post(span, report));
    carried_out(builder, moment, actions, await_always(moment.part), post, here);
}

/// A returned socket is tracked also when the entry is not reported.
fn await_always(part: &Part<'_>) -> Option<Operation> {
    let action = part.hook.return_action?;
    part.hook.return_attachment.as_ref()?;
    let Part { index: hook, function, pairing, .. } = *part;
    Some(operation(action.span, OperationKind::Await { hook, function, pairing }))
}

/// The parameters that the return needs and does not see.
fn saved(part: &Part<'_>) -> Vec<Origin> {
    let sees_parameters = match part.attach(Role::Return) {
        // A system call's parameters stay in the registers of its caller.
        None
        | Some(
            Attach::Fexit { .. } | Attach::RawTracepoint { .. } | Attach::BtfTracepoint { .. },
        ) => true,
        Some(_) => false,
    };
    if sees_parameters {
        return Vec::new();
    }
    let mut origins: Vec<Origin> = Vec::new();
    for argument in part.hook.arguments.iter().filter(|one| one.reader.is_of_return()) {
        let length = argument.reader.length_origin();
        origins.extend([argument.origin].into_iter().chain(length));
    }
    origins.sort_unstable();
    origins.dedup();
    origins.retain(|origin| !matches!(origin, Origin::Return { .. }));
    origins
}

/// Fills `here` with the report of a hook without selectors.
pub(super) fn post_always(builder: &mut Builder<'_>, moment: &Moment<'_>, here: Id<Block>) {
    let post = Action::post(moment.part.hook.point_span);
    entry(builder, moment, &[post], here);
}

/// Fills `here` with enforcement, if there is any and the policy's mode says so, and the report.
///
/// Enforcement comes first: it must happen also when nothing can be reported. Only what changes the
/// program's memory or registers comes behind the report, which shows what was there. `before` comes before
/// everything.
pub(super) fn carried_out(
    builder: &mut Builder<'_>,
    moment: &Moment<'_>,
    actions: &[Action],
    before: Option<Operation>,
    report: Option<Operation>,
    here: Id<Block>,
) {
    let policy = moment.part.policy;
    let forgets = actions.iter().filter_map(|action| forgotten(action, policy));
    // A record is about whom the socket belonged to until now, so tracking comes behind it.
    let tracking = sockets::tracking(builder, moment.part, actions);
    let report: Vec<Operation> = forgets.chain(report).chain(tracking).collect();
    let enforcement: Vec<Operation> =
        actions.iter().filter_map(|action| enforcement(action, moment.part)).collect();
    let Some(first) = enforcement.first() else {
        let operations = before.into_iter().chain(report).collect();
        return builder.fill(here, operations, Jump::To(moment.after));
    };
    let span = first.span;
    let enforced = builder.reserve();
    let monitored = if report.is_empty() { moment.after } else { builder.reserve() };
    let test = Test::Enforcing { policy: moment.part.policy };
    let branch = Branch { span, test, yes: enforced, no: monitored, unknown: monitored };
    builder.fill(here, before.into_iter().collect(), Jump::Branch(branch));
    let changes = |one: &Operation| {
        matches!(one.kind, OperationKind::Set { .. } | OperationKind::Redirect { .. })
    };
    let (last, first): (Vec<_>, Vec<_>) = enforcement.into_iter().partition(changes);
    let operations = first.into_iter().chain(report.clone()).chain(last).collect();
    builder.fill(enforced, operations, Jump::To(moment.after));
    if !report.is_empty() {
        let report = report.into_iter().map(monitor).collect();
        builder.fill(monitored, report, Jump::To(moment.after));
    }
}

/// The report with what `actions` say about it, and the action that it serves; nothing when they
/// hold it back.
///
/// Tetragon reports, too, whatever else is done, unless `NoPost` says otherwise, and its event names
/// the last action (`do_actions` in `bpf/process/generic_calls.h`).
pub(super) fn report_of(actions: &[Action], report: Report) -> Option<(Span, Report)> {
    let mut report = report;
    let mut span = actions.last()?.span();
    for one in actions {
        match one {
            Action::NoPost { .. } => return None,
            Action::Post { span: place, rate_limit, extras } => {
                span = *place;
                report.action = action::POST;
                report.action_argument = 0;
                add_extras(&mut report.extras, *extras);
                report.rate_limit = rate_limit.or(report.rate_limit);
            }
            Action::Signal { number, .. } => {
                let is_kill = *number == SIGKILL;
                report.action = if is_kill { action::SIGKILL } else { action::SIGNAL };
                report.action_argument = i64::from(*number);
            }
            Action::Override { error, .. } => {
                report.action = action::OVERRIDE;
                report.action_argument = i64::from(*error);
            }
            Action::TrackSock { .. } => {
                report.action = action::TRACKSOCK;
                report.action_argument = 0;
            }
            Action::UntrackSock { .. } => {
                report.action = action::UNTRACKSOCK;
                report.action_argument = 0;
            }
            Action::Set { value, .. } => {
                report.action = action::SET;
                report.action_argument = i64::from(*value);
            }
            Action::GetUrl { .. } => {
                report.action = action::GETURL;
                report.action_argument = 0;
            }
            Action::DnsLookup { .. } => {
                report.action = action::DNSLOOKUP;
                report.action_argument = 0;
            }
            Action::Redirect { .. } => {
                report.action = action::REDIRECT;
                report.action_argument = 0;
            }
            Action::NotifyEnforcer { error, signal, .. } => {
                report.action = action::NOTIFYENFORCER;
                let argument = error.map(i64::from).or(signal.map(i64::from));
                report.action_argument = argument.unwrap_or(0);
            }
            Action::CleanupEnforcerNotification { .. } => {
                report.action = action::CLEANUPENFORCER;
                report.action_argument = 0;
            }
        }
    }
    Some((span, report))
}

/// Adds what an action wants to be shown, each once.
fn add_extras(to: &mut Vec<Extra>, from: Extras) {
    let Extras { kernel_stack, user_stack, ima_hash } = from;
    let wanted = [
        kernel_stack.map(|_| Extra::KernelStack),
        user_stack.map(|_| Extra::UserStack),
        ima_hash.map(|digest| Extra::Digest(digest.of)),
    ];
    for extra in wanted.into_iter().flatten() {
        if !to.contains(&extra) {
            to.push(extra);
        }
    }
}

/// The report as an operation.
pub(super) fn post(span: Span, report: Report) -> Operation {
    operation(span, OperationKind::Post(report))
}

/// The same report, saying that the policy was in monitor mode. Any other operation stays as it is.
fn monitor(operation: Operation) -> Operation {
    let Operation { span, kind: OperationKind::Post(report) } = operation else { return operation };
    let flags = report.flags | flag::MONITORED;
    post(span, Report { flags, ..report })
}

fn enforcement(action: &Action, part: &Part<'_>) -> Option<Operation> {
    match action {
        Action::Set { span, argument, value } => {
            let argument = usdt_argument(part, *argument)?;
            Some(operation(*span, OperationKind::Set { argument, value: *value }))
        }
        Action::Signal { span, number } => {
            Some(operation(*span, OperationKind::Signal { number: *number }))
        }
        Action::Override { span, error } => {
            Some(operation(*span, OperationKind::Deny { error: *error }))
        }
        Action::NotifyEnforcer { span, error, signal } => {
            let policy = part.policy;
            let (error, signal) = (error.unwrap_or(0), signal.unwrap_or(0));
            Some(operation(*span, OperationKind::Notify { policy, error, signal }))
        }
        Action::Redirect { span, registers, to } => {
            let (registers, to) = (registers.clone(), to.clone());
            Some(operation(*span, OperationKind::Redirect { registers, to }))
        }
        Action::Post { .. }
        | Action::NoPost { .. }
        | Action::GetUrl { .. }
        | Action::DnsLookup { .. }
        | Action::TrackSock { .. }
        | Action::UntrackSock { .. }
        | Action::CleanupEnforcerNotification { .. } => None,
    }
}

/// The number that a probe gives to an argument of the hook.
fn usdt_argument(part: &Part<'_>, argument: ArgumentId) -> Option<u32> {
    let ArgumentId::Argument(place) = argument else { return None };
    match part.hook.arguments.get(place)?.origin {
        Origin::UsdtArgument(number) => Some(number),
        Origin::Parameter(_)
        | Origin::SyscallParameter(..)
        | Origin::Field { .. }
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UserParameter(_) => None,
    }
}

/// What is done in monitor mode as well: nothing stays remembered.
fn forgotten(action: &Action, policy: u32) -> Option<Operation> {
    let Action::CleanupEnforcerNotification { span } = action else { return None };
    Some(operation(*span, OperationKind::Forget { policy }))
}

/// `SIGKILL` of every architecture.
const SIGKILL: u32 = 9;
