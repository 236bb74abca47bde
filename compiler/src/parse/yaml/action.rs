//! `matchActions` and `matchReturnActions`: what happens when a selector matches.

use super::Report;
use super::fields::{Field, Fields};
use super::findings::listed;
use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::{Action, ActionKind, NotYet, RateLimit, RateScope};
use crate::source::Spanned;

/// The keys with which `Override` says what to run instead. A uprobe has one of them.
const REPLACEMENTS: [&str; 3] = ["argNewSymbol", "argNewAddr", "argNewOffset"];

/// The action, if it was understood and the engine knows it.
pub(super) fn action(fields: &Fields, report: &mut Report<'_>) -> Option<Action> {
    let name = fields.word("action")?;
    check_unused(fields, &name, report.diagnostics);
    check_replacements(fields, report.diagnostics);
    let kind = match name.value {
        "Post" => ActionKind::Post {
            rate_limit: rate_limit(fields),
            kernel_stack: None,
            user_stack: None,
            ima_hash: None,
        },
        "NoPost" => ActionKind::NoPost,
        "Sigkill" => ActionKind::Sigkill,
        "Signal" => {
            ActionKind::Signal { signal: Some(argument(fields, &name, "argSig", "9", report)?) }
        }
        "Override" if replaces(fields) => return None,
        "Override" => ActionKind::Override {
            error: Some(argument(fields, &name, "argError", "-1", report)?),
            replacement: None,
        },
        other => {
            let what = format!("the action `{other}`");
            report.not_yet.push(NotYet { what, span: name.span });
            return None;
        }
    };
    fields.is_intact.then_some(Action { span: fields.span, kind })
}

fn rate_limit(fields: &Fields) -> Option<RateLimit> {
    let interval = fields.text("rateLimit").filter(|interval| !interval.value.is_empty())?;
    let scope = fields.word("rateLimitScope").and_then(|word| {
        let scope = RateScope::ALL.into_iter().find(|scope| scope.name() == word.value)?;
        Some(Spanned::new(scope, word.span))
    });
    Some(RateLimit { interval, scope })
}

/// The number without which the action would do something else than its name says.
fn argument(
    fields: &Fields,
    name: &Spanned<&'static str>,
    key: &str,
    example: &str,
    report: &mut Report<'_>,
) -> Option<Spanned<i64>> {
    let number = fields.integer(key);
    if number.is_none() && fields.is_intact {
        report.diagnostics.add(
            &code::ACTION_ARGUMENT_MISSING,
            Finding::at(name.span, format!("`{}` needs `{key}`", name.value))
                .label(format!("`{key}` missing"))
                .help(format!("add `{key}: {example}`"))
                .note(match key {
                    "argError" => "Tetragon takes 0: the call does not run and reports success",
                    _ => "Tetragon takes 0, which is no signal",
                }),
        );
    }
    number
}

/// Whether an `Override` runs something else instead of giving an error.
fn replaces(fields: &Fields) -> bool {
    fields.field("argRegs").is_some() || REPLACEMENTS.iter().any(|key| fields.field(key).is_some())
}

fn check_replacements(fields: &Fields, diagnostics: &mut Diagnostics) {
    let mut written = REPLACEMENTS.iter().filter_map(|key| fields.field(key));
    let Some(first) = written.next() else { return };
    for other in written {
        super::findings::exclusive(diagnostics, &other.key, &first.key);
    }
}

/// Keys that another action reads do nothing here.
fn check_unused(fields: &Fields, name: &Spanned<&'static str>, diagnostics: &mut Diagnostics) {
    let used = used_keys(name.value, fields.field("rateLimit").is_some());
    for field in &fields.entries {
        let key = field.key.value;
        if key != "action" && !used.contains(&key) && !field.value.value.is_neutral() {
            unused(field, name, &used, diagnostics);
        }
    }
}

fn unused(
    field: &Field,
    name: &Spanned<&'static str>,
    used: &[&str],
    diagnostics: &mut Diagnostics,
) {
    let key = field.key.value;
    let help = if used.is_empty() {
        format!("`{}` has no arguments", name.value)
    } else {
        format!("`{}` reads {}", name.value, listed(used, "and"))
    };
    let code = &code::ACTION_ARGUMENT_UNUSED;
    let finding =
        Finding::at(field.key.span, format!("`{}` does not read `{key}` here", name.value))
            .label("no effect here")
            .also(name.span, "the action")
            .help(help);
    // Tetragon refuses this one and ignores the others.
    if key == "rateLimit" {
        diagnostics.error(code, finding);
    } else {
        diagnostics.add(code, finding);
    }
}

/// The keys that an action reads (`pkg/selectors/kernel.go`, `ParseMatchAction`).
fn used_keys(action: &str, is_limited: bool) -> Vec<&'static str> {
    let keys: &[&str] = match action {
        // Without a rate limit, nobody reads its scope.
        "Post" if is_limited => {
            &["rateLimit", "rateLimitScope", "kernelStackTrace", "userStackTrace", "imaHash"]
        }
        "Post" => &["rateLimit", "kernelStackTrace", "userStackTrace", "imaHash"],
        "Signal" => &["argSig"],
        "Override" => &["argError", "argRegs", "argNewSymbol", "argNewAddr", "argNewOffset"],
        "GetUrl" => &["argUrl"],
        "DnsLookup" => &["argFqdn"],
        "TrackSock" | "UntrackSock" => &["argSock"],
        "NotifyEnforcer" => &["argError", "argSig"],
        "Set" => &["argIndex", "argValue"],
        _ => &[],
    };
    keys.to_vec()
}
