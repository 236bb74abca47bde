//! `matchActions` and `matchReturnActions`: what happens when a selector matches.

use super::Report;
use super::fields::{Field, Fields};
use super::findings::listed;
use crate::diagnostic::{Diagnostics, Finding, Fix, TetragonAnswer, code};
use crate::policy::action::Replacement;
use crate::policy::{Action, ActionKind, RateLimit, RateScope};
use crate::source::Spanned;

/// The keys with which `Override` says what to run instead. A uprobe has one of them.
const REPLACEMENTS: [&str; 3] = ["argNewSymbol", "argNewAddr", "argNewOffset"];

/// The action, if it was understood. Arguments that it lacks are reported and left out.
pub(super) fn action(fields: &Fields, report: &mut Report<'_>) -> Option<Action> {
    let name = fields.word("action")?;
    check_unused(fields, &name, report);
    check_replacements(fields, report.diagnostics);
    check_arguments(fields, &name, report.diagnostics);
    let kind = kind(fields, name.value)?;
    fields.is_intact.then_some(Action { span: fields.span, kind })
}

/// What an action of this name is to do.
fn kind(fields: &Fields, name: &str) -> Option<ActionKind> {
    Some(match name {
        "Post" => ActionKind::Post {
            rate_limit: rate_limit(fields),
            kernel_stack: fields.set("kernelStackTrace"),
            user_stack: fields.set("userStackTrace"),
            ima_hash: fields.set("imaHash"),
        },
        "NoPost" => ActionKind::NoPost,
        "Sigkill" => ActionKind::Sigkill,
        "Signal" => ActionKind::Signal { signal: fields.integer("argSig") },
        "Override" => ActionKind::Override {
            error: fields.integer("argError"),
            replacement: replacement(fields).map(Box::new),
        },
        "GetUrl" => ActionKind::GetUrl { url: fields.some_text("argUrl") },
        "DnsLookup" => ActionKind::DnsLookup { name: fields.some_text("argFqdn") },
        "TrackSock" => ActionKind::TrackSock { argument: fields.integer("argSock") },
        "UntrackSock" => ActionKind::UntrackSock { argument: fields.integer("argSock") },
        "NotifyEnforcer" => ActionKind::NotifyEnforcer {
            error: fields.integer("argError"),
            signal: fields.integer("argSig"),
        },
        "CleanupEnforcerNotification" => ActionKind::CleanupEnforcerNotification,
        "Set" => ActionKind::Set {
            argument: fields.integer("argIndex"),
            value: fields.integer("argValue"),
        },
        _ => return None,
    })
}

fn rate_limit(fields: &Fields) -> Option<RateLimit> {
    let interval = fields.some_text("rateLimit")?;
    let scope = fields.word("rateLimitScope").and_then(|word| {
        let scope = RateScope::ALL.into_iter().find(|scope| scope.name() == word.value)?;
        Some(Spanned::new(scope, word.span))
    });
    Some(RateLimit { interval, scope })
}

/// What a uprobe does instead of giving an error.
fn replacement(fields: &Fields) -> Option<Replacement> {
    let replacement = Replacement {
        registers: fields.texts("argRegs"),
        symbol: fields.some_text("argNewSymbol"),
        address: fields.integer("argNewAddr"),
        offset: fields.integer("argNewOffset"),
    };
    (replacement != Replacement::default()).then_some(replacement)
}

/// The numbers without which an action would do something else than its name says.
fn check_arguments(fields: &Fields, name: &Spanned<&'static str>, diagnostics: &mut Diagnostics) {
    let (key, example, note) = match name.value {
        "Signal" => ("argSig", "9", "Tetragon takes 0, which is no signal"),
        "Override" if replacement(fields).is_none() => {
            ("argError", "-1", "Tetragon takes 0: the call does not run and reports success")
        }
        "GetUrl" => ("argUrl", "http://…", "Tetragon then fetches nothing"),
        "DnsLookup" => ("argFqdn", "example.com", "Tetragon then looks nothing up"),
        _ => return,
    };
    let is_said = fields.some_text(key).is_some() || fields.integer::<i64>(key).is_some();
    if is_said || !fields.is_intact {
        return;
    }
    diagnostics.add(
        &code::ACTION_ARGUMENT_MISSING,
        Finding::at(name.span, format!("`{}` needs `{key}`", name.value))
            .label(format!("`{key}` missing"))
            .help(format!("add `{key}: {example}`"))
            .note(note)
            .tetragon(TetragonAnswer::Accepts),
    );
}

fn check_replacements(fields: &Fields, diagnostics: &mut Diagnostics) {
    let mut written = REPLACEMENTS.iter().filter_map(|key| fields.field(key));
    let Some(first) = written.next() else { return };
    for other in written {
        super::findings::exclusive(diagnostics, &other.key, &first.key);
    }
}

/// Keys that another action reads do nothing here.
fn check_unused(fields: &Fields, name: &Spanned<&'static str>, report: &mut Report<'_>) {
    let used = used_keys(name.value, fields.field("rateLimit").is_some());
    for field in &fields.entries {
        let key = field.key.value;
        if key != "action" && !used.contains(&key) && !field.value.value.is_neutral() {
            unused(field, name, &used, report);
        }
    }
}

fn unused(field: &Field, name: &Spanned<&'static str>, used: &[&str], report: &mut Report<'_>) {
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
    // Tetragon refuses these and ignores the others.
    let is_stack = matches!(key, "kernelStackTrace" | "userStackTrace");
    let title = format!("remove `{key}`");
    let whole = field.key.span.to(field.value.span);
    if key == "rateLimit" || is_stack && matches!(report.section, "kprobes" | "lsmhooks") {
        let finding = finding.fix(Fix::not_safe(title).remove_entry(whole));
        report.diagnostics.error(code, finding.tetragon(TetragonAnswer::Refuses));
    } else {
        let finding = finding.fix(Fix::safe(title).remove_entry(whole));
        report.diagnostics.add(code, finding.tetragon(TetragonAnswer::Accepts));
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
