//! Hooks, arguments, rules and actions as text.

use super::condition::condition;
use super::described;
use super::text::{Printer, is_word, quoted};
use crate::policy::error_table::error_name;
use crate::policy::signal_table::signal_name;
use crate::policy::{
    Action, ActionKind, Argument, ArgumentPlace, Hook, Point, RateLimit, RateScope, Selector,
};

/// Seconds as TracingPolicy writes an interval, in the largest unit that has no rest.
pub fn interval(seconds: u64) -> String {
    if seconds > 0 && seconds.is_multiple_of(3600) {
        format!("{}h", seconds / 3600)
    } else if seconds > 0 && seconds.is_multiple_of(60) {
        format!("{}m", seconds / 60)
    } else {
        format!("{seconds}s")
    }
}

pub(super) fn hook(hook: &Hook, is_described: bool, printer: &mut Printer) {
    let arguments: Vec<String> = hook.arguments.iter().map(argument).collect();
    let returned =
        hook.return_argument.as_ref().map_or(String::new(), |one| format!(" -> {}", argument(one)));
    let header = format!("on {}({}){returned}", point(&hook.point), arguments.join(", "));
    let has_own_words = is_described && (hook.message.is_some() || !hook.tags.is_empty());
    if hook.selectors.is_empty() && !has_own_words {
        return printer.line(&header);
    }
    printer.line(&format!("{header} {{"));
    printer.indent();
    if is_described {
        described(hook, printer);
    }
    for one in &hook.selectors {
        selector(one, printer);
    }
    printer.outdent();
    printer.line("}");
}

fn point(point: &Point) -> String {
    match point {
        Point::Function(name) => format!("kprobe {}", symbol(&name.value)),
        Point::Syscall(name) => format!("syscall {}", symbol(&name.value)),
        Point::Lsm(name) => format!("lsm {}", symbol(&name.value)),
        Point::List { .. } | Point::Fentry(_) | Point::Uprobe(_) | Point::Usdt { .. } => {
            String::new()
        }
        Point::Tracepoint { subsystem, event } => {
            format!("tracepoint {}:{}", symbol(&subsystem.value), symbol(&event.value))
        }
        Point::RawTracepoint { subsystem, event } => {
            format!("raw_tracepoint {}:{}", symbol(&subsystem.value), symbol(&event.value))
        }
    }
}

fn symbol(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { quoted(name) }
}

fn argument(argument: &Argument) -> String {
    let mut out = match &argument.place {
        ArgumentPlace::Name(name) | ArgumentPlace::Return { index: None, name: Some(name) } => {
            name.value.clone()
        }
        ArgumentPlace::Index { index, name: None }
        | ArgumentPlace::Return { index: Some(index), name: None } => format!("#{}", index.value),
        ArgumentPlace::Index { index, name: Some(name) }
        | ArgumentPlace::Return { index: Some(index), name: Some(name) } => {
            format!("#{} as {}", index.value, name.value)
        }
        ArgumentPlace::Return { index: None, name: None } => "_".to_owned(),
    };
    if let Some(type_) = &argument.type_ {
        out.push_str(": ");
        out.push_str(type_.value.name());
    }
    if let Some(label) = &argument.label {
        out.push_str(" label ");
        out.push_str(&quoted(&label.value));
    }
    out
}

fn selector(selector: &Selector, printer: &mut Printer) {
    let label = selector
        .label
        .as_ref()
        .map_or(String::new(), |label| format!("rule {} ", quoted(&label.value)));
    let head = condition(selector).map_or("otherwise".to_owned(), |asked| format!("when {asked}"));
    let mut tail = String::new();
    if !selector.actions.is_empty() {
        tail = format!(" => {}", actions(&selector.actions));
    }
    if !selector.return_actions.is_empty() {
        tail = format!("{tail} returning => {}", actions(&selector.return_actions));
    }
    printer.line(&format!("{label}{head}{tail}"));
}

fn actions(list: &[Action]) -> String {
    let list: Vec<String> = list.iter().map(|one| action(&one.kind)).collect();
    list.join(", ")
}

fn action(kind: &ActionKind) -> String {
    match kind {
        ActionKind::Post { rate_limit: None, .. } => "post".to_owned(),
        ActionKind::Post { rate_limit: Some(limit), .. } => format!("post {}", rate(limit)),
        ActionKind::NoPost => "drop".to_owned(),
        ActionKind::Sigkill => "kill".to_owned(),
        ActionKind::Signal { signal } => {
            let value = signal.map_or(0, |signal| signal.value);
            let number = || value.to_string();
            format!("signal {}", signal_name(value).map_or_else(number, str::to_owned))
        }
        ActionKind::Override { error, .. } => denial(error.map_or(0, |error| error.value)),
        ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::TrackSock { .. }
        | ActionKind::UntrackSock { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::CleanupEnforcerNotification
        | ActionKind::Set { .. } => kind.name().to_owned(),
    }
}

/// Numbers that no error has are returned as they are.
fn denial(error: i64) -> String {
    match error.checked_neg() {
        Some(number @ 1..=4095) => {
            let name = error_name(number).map_or_else(|| number.to_string(), str::to_owned);
            format!("deny {name}")
        }
        Some(_) | None => format!("return {error}"),
    }
}

fn rate(limit: &RateLimit) -> String {
    let text = &limit.interval.value;
    let is_plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .chars()
            .all(|rest| rest.is_ascii_alphabetic());
    let every =
        || if is_plain { format!("every {text}") } else { format!("every {}", quoted(text)) };
    let scope = match limit.scope.map(|scope| scope.value) {
        None => "",
        Some(RateScope::Thread) => " per thread",
        Some(RateScope::Process) => " per process",
        Some(RateScope::Global) => " per all",
    };
    format!("{}{scope}", even_rate(text).unwrap_or_else(every))
}

/// The rate that means exactly this interval, where there is one.
fn even_rate(written: &str) -> Option<String> {
    const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3600)];
    UNITS.iter().find_map(|(unit, seconds)| {
        let count = (1..=*seconds)
            .find(|count| seconds.is_multiple_of(*count) && interval(seconds / count) == written)?;
        Some(format!("rate {count}/{unit}"))
    })
}
