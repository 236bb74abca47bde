//! What a hook names in the kernel: functions, system calls, tracepoints and lists of them.

use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::{Call, CallKind, Point};
use crate::source::Span;

/// The kinds of hook.
pub(crate) const KINDS: [&str; 8] =
    ["kprobe", "syscall", "lsm", "tracepoint", "raw_tracepoint", "fentry", "uprobe", "usdt"];

/// The kinds that are found by a name in the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kprobe(CallKind),
    Fentry(CallKind),
    Lsm,
    Tracepoint,
    RawTracepoint,
}

/// Reads what a header hooks, one for each name in it. `None`: there was a mistake.
pub(super) fn points(header: &Pair, text: &mut Text) -> Option<Vec<Point>> {
    let word = header.child(Rule::hook_kind)?;
    let as_syscall = header.child(Rule::as_syscall);
    let kind = kind(&word, as_syscall.as_ref(), text)?;
    let mut targets: Vec<Pair> = header.all(Rule::target).collect();
    targets.extend(header.child(Rule::targets).iter().flat_map(|list| list.all(Rule::target)));
    let mut points = Vec::new();
    for target in targets {
        points.push(point(&target, kind, word.text(), text)?);
    }
    Some(points)
}

fn kind(word: &Pair, as_syscall: Option<&Pair>, text: &mut Text) -> Option<Kind> {
    let kind = match (word.text(), as_syscall) {
        ("kprobe", None) => Kind::Kprobe(CallKind::Function),
        ("syscall", None) => Kind::Kprobe(CallKind::Syscall),
        ("fentry", None) => Kind::Fentry(CallKind::Function),
        ("fentry", Some(_)) => Kind::Fentry(CallKind::Syscall),
        ("lsm", None) => Kind::Lsm,
        ("tracepoint", None) => Kind::Tracepoint,
        ("raw_tracepoint", None) => Kind::RawTracepoint,
        (other, Some(syscall)) if KINDS.contains(&other) => {
            let finding = Finding::at(syscall.span(text), format!("`{other}` comes without this"))
                .label("only after `fentry`")
                .help("write `on syscall name(…)` or `on fentry syscall name(…)`".to_owned());
            report::wrong_value(text, finding);
            return None;
        }
        (other, _) => {
            report::unknown_word(text, "hook kind", other, word.span(text), KINDS);
            return None;
        }
    };
    Some(kind)
}

fn point(target: &Pair, kind: Kind, word: &str, text: &mut Text) -> Option<Point> {
    if let Some(list) = target.child(Rule::list_reference) {
        return point_list(&list, target, kind, word, text);
    }
    let parts: Vec<Pair> = target.children().collect();
    match (parts.as_slice(), kind) {
        ([subsystem, _, event], Kind::Tracepoint) => {
            let (subsystem, event) = (subsystem.named(text), event.named(text));
            Some(Point::Tracepoint { subsystem, event })
        }
        ([subsystem, _, event], Kind::RawTracepoint) => {
            let (subsystem, event) = (subsystem.named(text), event.named(text));
            Some(Point::RawTracepoint { subsystem, event })
        }
        ([name], Kind::Kprobe(CallKind::Function)) => Some(Point::Function(name.named(text))),
        ([name], Kind::Kprobe(CallKind::Syscall)) => Some(Point::Syscall(name.named(text))),
        ([name], Kind::Fentry(kind)) => {
            Some(Point::Fentry(Call::One { name: name.named(text), kind }))
        }
        ([name], Kind::Lsm) => Some(Point::Lsm(name.named(text))),
        _ => {
            wrong_target(target.span(text), kind, word, text);
            None
        }
    }
}

/// `list NAME`
fn point_list(
    list: &Pair,
    target: &Pair,
    kind: Kind,
    word: &str,
    text: &mut Text,
) -> Option<Point> {
    let name = list.child(Rule::name)?.named(text);
    match kind {
        Kind::Kprobe(kind) => Some(Point::List { name, kind }),
        Kind::Fentry(kind) => Some(Point::Fentry(Call::List { name, kind })),
        Kind::Lsm | Kind::Tracepoint | Kind::RawTracepoint => {
            wrong_target(target.span(text), kind, word, text);
            None
        }
    }
}

fn wrong_target(span: Span, kind: Kind, word: &str, text: &mut Text) {
    let (what, help) = match kind {
        Kind::Tracepoint | Kind::RawTracepoint => {
            ("a subsystem and an event", format!("write `on {word} syscalls:sys_enter_openat`"))
        }
        Kind::Kprobe(_) | Kind::Fentry(_) | Kind::Lsm => {
            ("one name", format!("write `on {word} name(…)`, or `on {word} [one, two](…)`"))
        }
    };
    let finding = Finding::at(span, format!("a {word} is named by {what}"))
        .label("not such a name")
        .help(help);
    report::wrong_value(text, finding);
}
