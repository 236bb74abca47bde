//! `kprobes`, `tracepoints` and `lsmhooks`: where a policy looks.

mod returns;

pub(super) use returns::{Returns, check as check_returns};

use super::fields::Fields;
use super::{Report, argument, message, selector};
use crate::policy::{Argument, Hook, NotYet, Point};
use crate::source::Spanned;

/// An entry of `kprobes`, if it was understood.
pub(super) fn kprobe(fields: &Fields, report: &mut Report<'_>) -> Option<Hook> {
    let returns = check_returns(fields, report.diagnostics);
    let call = fields.text("call").filter(|call| !is_list(call, report));
    // Without the key, the function is a system call.
    let is_syscall = fields.flag("syscall").is_none_or(|flag| flag.value);
    let point = call.map(if is_syscall { Point::Syscall } else { Point::Function });
    hook(fields, point, returns, report)
}

/// An entry of `tracepoints`, if it was understood.
pub(super) fn tracepoint(fields: &Fields, report: &mut Report<'_>) -> Option<Hook> {
    let point = fields.text("subsystem").zip(fields.text("event")).map(|(subsystem, event)| {
        if fields.is_set("raw") {
            Point::RawTracepoint { subsystem, event }
        } else {
            Point::Tracepoint { subsystem, event }
        }
    });
    hook(fields, point, Returns::Never, report)
}

/// An entry of `lsmhooks`, if it was understood.
pub(super) fn lsm(fields: &Fields, report: &mut Report<'_>) -> Option<Hook> {
    hook(fields, fields.text("hook").map(Point::Lsm), Returns::Never, report)
}

/// The hook at `point`. All of it is checked, also when it has to be left out.
fn hook(
    fields: &Fields,
    point: Option<Point>,
    returns: Returns,
    report: &mut Report<'_>,
) -> Option<Hook> {
    let message = message::message(fields, report.diagnostics);
    let tags = message::tags(fields, report.diagnostics);
    let selectors: Option<Vec<_>> = fields
        .records("selectors")
        .map(|selector| selector::selector(selector, returns, report))
        // All of them are read before the first that failed decides.
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let arguments: Option<Vec<Argument>> = fields.records("args").map(argument::argument).collect();
    let return_argument = match returns {
        Returns::Never => None,
        Returns::Reported => Some(argument::return_argument(fields.fields("returnArg")?)?),
        Returns::Unclear => return None,
    };
    if !fields.is_intact {
        return None;
    }
    Some(Hook {
        span: fields.span,
        point: point?,
        arguments: arguments?,
        data: Vec::new(),
        return_argument,
        return_action: None,
        ignore_missing: None,
        selectors: selectors?,
        message,
        tags,
    })
}

/// Whether `call` names a list of functions, which the engine does not do yet.
fn is_list(call: &Spanned<String>, report: &mut Report<'_>) -> bool {
    let is_list = call.value.starts_with("list:");
    if is_list {
        let what = format!("`{}` in place of a function", super::findings::shown(&call.value));
        report.not_yet.push(NotYet { what, span: call.span });
    }
    is_list
}
