//! `rate 10/min per process`: at most how many events are posted.
//!
//! TracingPolicy states an interval in whole seconds, within which an event is not repeated. So
//! `rate 10/min` is the interval `6s`, and a rate must divide its unit without a rest.

use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::print::interval;
use crate::policy::{RateLimit, RateScope};
use crate::source::Spanned;

/// The units of a rate and their lengths in seconds.
const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3600)];

/// Reads `rate N/unit`.
pub(super) fn rate(pair: &Pair, text: &mut Text) -> Option<RateLimit> {
    let number = pair.child(Rule::number)?;
    let unit = pair.child(Rule::word)?;
    let Some(&(_, seconds)) = UNITS.iter().find(|(name, _)| *name == unit.text()) else {
        let legal = UNITS.iter().map(|&(name, _)| name);
        report::unknown_word(text, "unit of time", unit.text(), unit.span(text), legal);
        return None;
    };
    let span = number.span(text).to(unit.span(text));
    let count: u64 = number.text().parse().unwrap_or(0);
    if count == 0 || !seconds.is_multiple_of(count) {
        let finding = Finding::at(span, uneven(count, number.text(), unit.text()))
            .label("not one event in a whole number of seconds")
            .help(nearest(count, seconds, unit.text()))
            .note("TracingPolicy knows only intervals of whole seconds between two events");
        report::uneven_rate(text, finding);
        return None;
    }
    let scope = scope(pair, text)?;
    Some(RateLimit { interval: Spanned::new(interval(seconds / count), span), scope })
}

fn uneven(count: u64, number: &str, unit: &str) -> String {
    if count == 0 {
        format!("`{number}` is no number of events")
    } else {
        format!("{count} events per `{unit}` are not evenly spaced in whole seconds")
    }
}

/// The rates next to `count` that divide the unit.
fn nearest(count: u64, seconds: u64, unit: &str) -> String {
    let fits = |rate: &u64| seconds.is_multiple_of(*rate);
    let below = (1..=count.clamp(1, seconds)).rev().find(fits).unwrap_or(1);
    let above = (count.min(seconds) + 1..=seconds).find(fits);
    let above = above.map_or(String::new(), |rate| format!(" or `rate {rate}/{unit}`"));
    format!("write `rate {below}/{unit}`{above}")
}

/// Reads `every 5m`: the interval as TracingPolicy writes it.
pub(super) fn every(pair: &Pair, text: &mut Text) -> Option<RateLimit> {
    let written = pair.child(Rule::interval).or_else(|| pair.child(Rule::string))?;
    let interval = written.content(text);
    let scope = scope(pair, text)?;
    Some(RateLimit { interval, scope })
}

/// `None`: the scope has a mistake.
#[expect(clippy::option_option, reason = "a scope may be absent, or wrong")]
fn scope(pair: &Pair, text: &mut Text) -> Option<Option<Spanned<RateScope>>> {
    let Some(word) = pair.child(Rule::scope).and_then(|scope| scope.child(Rule::word)) else {
        return Some(None);
    };
    let scope = match word.text() {
        "thread" => RateScope::Thread,
        "process" => RateScope::Process,
        "all" => RateScope::Global,
        other => {
            let legal = ["thread", "process", "all"];
            report::unknown_word(text, "scope of a rate", other, word.span(text), legal);
            return None;
        }
    };
    Some(Some(Spanned::new(scope, word.span(text))))
}
