//! Actions as text.

use super::text::quoted;
use crate::policy::action::Replacement;
use crate::policy::error_table::error_name;
use crate::policy::signal_table::{signal_name, signal_number};
use crate::policy::{Action, ActionKind, RateLimit, RateScope};
use crate::source::Spanned;

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

/// `post, kill`
pub(super) fn actions(list: &[Action]) -> String {
    let list: Vec<String> = list.iter().map(|one| action(&one.kind)).collect();
    list.join(", ")
}

fn action(kind: &ActionKind) -> String {
    match kind {
        ActionKind::Post { rate_limit, kernel_stack, user_stack, ima_hash } => {
            let limit = rate_limit.as_ref().map(|limit| format!(" {}", rate(limit)));
            let extras = [
                kernel_stack.map(|_| "kernel_stack"),
                user_stack.map(|_| "user_stack"),
                ima_hash.map(|_| "ima_hash"),
            ];
            let extras: Vec<&str> = extras.into_iter().flatten().collect();
            let with = if extras.is_empty() { "" } else { " with " };
            format!("post{}{with}{}", limit.unwrap_or_default(), extras.join(", "))
        }
        ActionKind::NoPost => "drop".to_owned(),
        ActionKind::Sigkill => "kill".to_owned(),
        ActionKind::Signal { signal } => format!("signal {}", signal_text(number(*signal))),
        ActionKind::Override { error, replacement: None } => denial(number(*error)),
        ActionKind::Override { error, replacement: Some(replacement) } => {
            resume(*error, replacement)
        }
        ActionKind::GetUrl { url } => format!("get_url {}", text(url.as_ref())),
        ActionKind::DnsLookup { name } => format!("dns_lookup {}", text(name.as_ref())),
        ActionKind::TrackSock { argument } => format!("track{}", place(*argument)),
        ActionKind::UntrackSock { argument } => format!("untrack{}", place(*argument)),
        ActionKind::NotifyEnforcer { error, signal } => notify(*error, *signal),
        ActionKind::CleanupEnforcerNotification => "cleanup".to_owned(),
        ActionKind::Set { argument, value } => {
            let number = |one: &Option<Spanned<u32>>| one.map_or(0, |one| one.value);
            format!("set #{} = {}", number(argument), number(value))
        }
    }
}

fn number(written: Option<Spanned<i64>>) -> i64 {
    written.map_or(0, |number| number.value)
}

fn text(written: Option<&Spanned<String>>) -> String {
    quoted(written.map_or("", |text| &text.value))
}

fn place(argument: Option<Spanned<u32>>) -> String {
    argument.map_or(String::new(), |place| format!(" args[{}]", place.value))
}

fn signal_text(signal: i64) -> String {
    signal_name(signal).map_or_else(|| signal.to_string(), str::to_owned)
}

fn notify(error: Option<Spanned<i64>>, signal: Option<Spanned<i64>>) -> String {
    let kill = signal_number("SIGKILL");
    let signal = signal.map(|signal| match signal.value {
        value if Some(value) == kill => "kill".to_owned(),
        value => format!("signal {}", signal_text(value)),
    });
    let orders: Vec<String> =
        [error.map(|error| denial(error.value)), signal].into_iter().flatten().collect();
    let space = if orders.is_empty() { "" } else { " " };
    format!("notify{space}{}", orders.join(" and "))
}

fn resume(error: Option<Spanned<i64>>, replacement: &Replacement) -> String {
    let Replacement { registers, symbol, address, offset } = replacement;
    let mut out = "resume".to_owned();
    if !registers.is_empty() {
        let list: Vec<String> = registers.iter().map(|one| quoted(&one.value)).collect();
        out = format!("{out} registers [{}]", list.join(", "));
    }
    if let Some(symbol) = symbol {
        out = format!("{out} at symbol {}", quoted(&symbol.value));
    }
    if let Some(address) = address {
        out = format!("{out} at address {:#x}", address.value);
    }
    if let Some(offset) = offset {
        out = format!("{out} at offset {:#x}", offset.value);
    }
    if let Some(error) = error {
        out = format!("{out} return {}", error.value);
    }
    out
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
