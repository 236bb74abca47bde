//! The hook sections: where a policy looks, and what it does there.

mod point;
mod reference;
mod returns;

pub(super) use returns::Returns;

use super::fields::Fields;
use super::findings::unknown_word;
use super::{Report, argument, message, selector};
use crate::policy::{Argument, Hook, Point, TrackAction};
use crate::source::Spanned;
use reference::Kept;

/// Every hook of `spec` that was understood, section by section.
pub(super) fn hooks(spec: &Fields, report: &mut Report<'_>) -> Vec<Hook> {
    let mut hooks = Vec::new();
    for (section, point, can_return) in SECTIONS {
        report.section = section;
        for fields in spec.records(section) {
            let returns = if can_return == CanReturn::Yes {
                returns::check(fields, report.diagnostics)
            } else {
                Returns::Never
            };
            let point = point(fields, report);
            hooks.extend(hook(fields, point, returns, report));
        }
    }
    report.section = "";
    hooks
}

/// The sections that hold hooks. A policy has one of them.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    SECTIONS.iter().map(|(section, ..)| *section)
}

/// Whether hooks of a section can look at the end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CanReturn {
    Yes,
    No,
}

type ReadPoint = fn(&Fields, &mut Report<'_>) -> Option<Point>;

const SECTIONS: [(&str, ReadPoint, CanReturn); 6] = [
    ("kprobes", point::kprobe, CanReturn::Yes),
    ("tracepoints", point::tracepoint, CanReturn::No),
    ("lsmhooks", point::lsm, CanReturn::No),
    ("fentries", point::fentry, CanReturn::Yes),
    ("uprobes", point::uprobe, CanReturn::Yes),
    ("usdts", point::usdt, CanReturn::No),
];

/// The hook at `point`. All of it is checked, also when it has to be left out.
fn hook(
    fields: &Fields,
    point: Option<Point>,
    returns: Returns,
    report: &mut Report<'_>,
) -> Option<Hook> {
    let message = message::message(fields, report.diagnostics);
    let tags = message::tags(fields, report.diagnostics);
    let arguments = Kept::new(arguments(fields, "args", report));
    let data = Kept::new(self::arguments(fields, "data", report));
    let return_argument =
        fields.fields("returnArg").and_then(|one| argument::return_argument(one, report));
    let return_argument = return_argument.filter(|_| returns == Returns::Reported);
    let return_action = return_action(fields, returns, report);
    let mut selectors = Vec::new();
    let mut is_whole = !fields.is_lost("selectors");
    for one in fields.records("selectors") {
        let read = selector::selector(one, returns, report);
        is_whole &= read.is_whole;
        selectors.extend(read.selector);
    }
    for selector in &mut selectors {
        is_whole &= reference::settle(selector, &arguments, &data, return_argument.as_ref());
    }
    Some(Hook {
        span: fields.span,
        point: point?,
        arguments: arguments.list,
        data: data.list,
        return_argument,
        return_action,
        selectors,
        message,
        tags,
        ignore_missing: ignored(fields),
        is_whole,
    })
}

/// The entries under `key`, `None` for each that was not understood.
fn arguments(fields: &Fields, key: &str, report: &mut Report<'_>) -> Vec<Option<Argument>> {
    fields.records(key).map(|one| argument::argument(one, report)).collect()
}

/// What is done with the socket that the function returns.
fn return_action(
    fields: &Fields,
    returns: Returns,
    report: &mut Report<'_>,
) -> Option<Spanned<TrackAction>> {
    const WORDS: [(&str, TrackAction); 2] =
        [("TrackSock", TrackAction::Track), ("UntrackSock", TrackAction::Untrack)];
    let written = fields.some_text("returnArgAction")?;
    if returns == Returns::Never {
        returns::unused_action(fields, report.diagnostics);
    }
    // Tetragon compares these without regard to case.
    let action = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(&written.value));
    let Some(&(_, action)) = action else {
        let legal = WORDS.map(|(word, _)| word);
        unknown_word(report, written.span, "action on a returned socket", &written.value, &legal);
        return None;
    };
    Some(Spanned::new(action, written.span))
}

/// Where it says that what is not there is passed over.
fn ignored(fields: &Fields) -> Option<crate::source::Span> {
    let ignore = fields.fields("ignore")?;
    ignore.set("callNotFound").or_else(|| ignore.set("digestVerificationFailure"))
}
