//! What a rule does.

mod enforcer;
mod rate;
mod resume;
mod target;

use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::Scope;
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::policy::error_table::{ERRORS, error_number};
use crate::policy::signal_table::{SIGNALS, signal_number};
use crate::policy::{Action, ActionKind};
use crate::source::{Span, Spanned};

/// The actions of the language.
pub(crate) const ACTIONS: [&str; 14] = [
    "post",
    "drop",
    "kill",
    "signal",
    "deny",
    "return",
    "resume",
    "track",
    "untrack",
    "notify",
    "cleanup",
    "get_url",
    "dns_lookup",
    "set",
];

/// Largest error number that a call can return (`MAX_ERRNO` in `include/linux/err.h`).
const ERROR_MAX: i64 = 4095;

/// Reads an action. `None`: it has a mistake.
pub(super) fn action(pair: &Pair, scope: &Scope, text: &mut Text) -> Option<Action> {
    let name = pair.child(Rule::action_name)?;
    let span = pair.span(text);
    let kind = match name.text() {
        "post" => {
            no_operand(pair, text)?;
            post(pair, text)?
        }
        "drop" => plain(ActionKind::NoPost, pair, text)?,
        "kill" => plain(ActionKind::Sigkill, pair, text)?,
        "cleanup" => plain(ActionKind::CleanupEnforcerNotification, pair, text)?,
        "signal" => {
            let operand = only_operand(pair, "a signal: `signal SIGTERM`", text)?;
            ActionKind::Signal { signal: Some(signal(&operand, text)?) }
        }
        "deny" => {
            let operand = only_operand(pair, "an error: `deny EPERM`", text)?;
            ActionKind::Override { error: Some(deny(&operand, text)?), replacement: None }
        }
        "return" => {
            let operand = only_operand(pair, "a number: `return 0`", text)?;
            ActionKind::Override { error: Some(returned(&operand, text)?), replacement: None }
        }
        "resume" => resume::resume(pair, text)?,
        "notify" => enforcer::notify(pair, text)?,
        "get_url" => ActionKind::GetUrl { url: Some(quoted(pair, "a URL in quotes", text)?) },
        "dns_lookup" => {
            ActionKind::DnsLookup { name: Some(quoted(pair, "a host name in quotes", text)?) }
        }
        "track" => ActionKind::TrackSock { argument: target::socket(pair, scope, text)? },
        "untrack" => ActionKind::UntrackSock { argument: target::socket(pair, scope, text)? },
        "set" => target::set(pair, text)?,
        other => {
            report::unknown_word(text, "action", other, name.span(text), ACTIONS);
            return None;
        }
    };
    only_post_is_limited(pair, &kind, text)?;
    Some(Action { span, kind })
}

fn post(pair: &Pair, text: &mut Text) -> Option<ActionKind> {
    let rate_limit = match (pair.child(Rule::rate), pair.child(Rule::every)) {
        (Some(rate), _) => Some(rate::rate(&rate, text)?),
        (None, Some(every)) => Some(rate::every(&every, text)?),
        (None, None) => None,
    };
    let (mut kernel_stack, mut user_stack, mut ima_hash) = (None, None, None);
    for extra in pair.child(Rule::extras).iter().flat_map(|extras| extras.all(Rule::extra)) {
        let place: &mut Option<Span> = match extra.text() {
            "kernel_stack" => &mut kernel_stack,
            "user_stack" => &mut user_stack,
            _ => &mut ima_hash,
        };
        let span = extra.span(text);
        if let Some(first) = place.replace(span) {
            report::declared_twice(text, &format!("`{}`", extra.text()), span, first);
        }
    }
    Some(ActionKind::Post { rate_limit, kernel_stack, user_stack, ima_hash })
}

/// The only operand, which is a text.
fn quoted(pair: &Pair, wanted: &str, text: &mut Text) -> Option<Spanned<String>> {
    let operand = only_operand(pair, wanted, text)?;
    let content = operand.string(text);
    if content.is_none() {
        let finding = Finding::at(operand.span(text), format!("`{}` is no text", operand.text()))
            .label("not a text")
            .help(format!("write \"{}\"", operand.text()));
        report::wrong_value(text, finding);
    }
    content
}

fn plain(kind: ActionKind, pair: &Pair, text: &mut Text) -> Option<ActionKind> {
    no_operand(pair, text).map(|()| kind)
}

fn no_operand(pair: &Pair, text: &mut Text) -> Option<()> {
    let Some(operand) = pair.child(Rule::action_operand) else { return Some(()) };
    let name = pair.child(Rule::action_name).map_or("", |name| name.text());
    let help = format!("write a `,` before another action, or remove `{}`", operand.text());
    let finding = Finding::at(operand.span(text), format!("`{name}` takes nothing after it"))
        .label("belongs to no action")
        .help(help);
    report::wrong_value(text, finding);
    None
}

fn only_post_is_limited(pair: &Pair, kind: &ActionKind, text: &mut Text) -> Option<()> {
    let limit =
        [Rule::rate, Rule::every, Rule::extras].into_iter().find_map(|limit| pair.child(limit));
    let is_post = matches!(kind, ActionKind::Post { .. });
    let Some(limit) = limit.filter(|_| !is_post) else { return Some(()) };
    let finding = Finding::at(limit.span(text), "only `post` takes this")
        .label("not for this action")
        .help("write it after `post`".to_owned());
    report::wrong_value(text, finding);
    None
}

/// `SIGTERM`, or a number.
fn signal(operand: &Pair, text: &mut Text) -> Option<Spanned<i64>> {
    let names = SIGNALS.iter().map(|&(name, _)| name);
    named_number(operand, "signal", signal_number(operand.text()), names, text)
}

/// `EPERM`, or its number: both make the call return the negative number.
fn deny(operand: &Pair, text: &mut Text) -> Option<Spanned<i64>> {
    let names = ERRORS.iter().map(|&(name, _)| name);
    let error = named_number(operand, "error", error_number(operand.text()), names, text)?;
    if !(1..=ERROR_MAX).contains(&error.value) {
        let finding = Finding::at(error.span, format!("`{}` is no error number", error.value))
            .label(format!("not between 1 and {ERROR_MAX}"))
            .help("write a name such as `EPERM`".to_owned());
        report::wrong_value(text, finding);
        return None;
    }
    Some(error.map(|number| -number))
}

/// `return 0`: the value itself.
fn returned(operand: &Pair, text: &mut Text) -> Option<Spanned<i64>> {
    named_number(operand, "number", None, [], text)
}

fn only_operand<'a>(pair: &Pair<'a>, wanted: &str, text: &mut Text) -> Option<Pair<'a>> {
    let operands: Vec<Pair> = pair.all(Rule::action_operand).collect();
    let name = pair.child(Rule::action_name)?;
    let (span, label) = match operands.as_slice() {
        [only] => return Some(only.clone()),
        [] => (name.span(text), "nothing follows it"),
        [_, second, ..] => (second.span(text), "one too many"),
    };
    let finding = Finding::at(span, format!("`{}` takes {wanted}", name.text())).label(label);
    report::wrong_value(text, finding);
    None
}

fn named_number<'a>(
    operand: &Pair,
    kind: &str,
    number: Option<i64>,
    names: impl IntoIterator<Item = &'a str>,
    text: &mut Text,
) -> Option<Spanned<i64>> {
    let span = operand.span(text);
    let word = operand.text();
    if let Some(number) = number.or_else(|| word.parse().ok()) {
        return Some(Spanned::new(number, span));
    }
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic());
    let names: Vec<&str> = names.into_iter().collect();
    if is_word && !names.is_empty() {
        report::unknown_word(text, kind, word, span, names);
    } else {
        let finding = Finding::at(span, format!("`{word}` is no {kind}"))
            .label(format!("not a {kind}"))
            .help(did_you_mean(word, names));
        report::wrong_value(text, finding);
    }
    None
}
