//! `options`: settings of the policy by name.

use super::Report;
use super::fields::Fields;
use super::findings::{duplicate, listed, shown};
use crate::diagnostic::{Finding, code, did_you_mean};
use crate::policy::{Mode, NotYet};
use crate::source::Spanned;
use std::collections::BTreeMap;

/// What Tetragon knows (`pkg/sensors/tracing/options.go`). It ignores every other name.
const NAMES: [&str; 5] = [
    "policy-mode",
    "disable-kprobe-multi",
    "disable-uprobe-multi",
    "override-method",
    "sleepable-preload-size",
];

/// What Go's `ParseBool` takes.
const BOOLEANS: [&str; 12] =
    ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"];

/// The mode that the options set. Every option is checked.
pub(super) fn mode(spec: &Fields, report: &mut Report<'_>) -> Option<Spanned<Mode>> {
    let mut places = BTreeMap::new();
    let mut mode = None;
    for option in spec.records("options") {
        let Some(name) = option.text("name") else { continue };
        if let Some(&first) = places.get(&name.value) {
            duplicate(report.diagnostics, "the option", &name, first);
            continue;
        }
        places.insert(name.value.clone(), name.span);
        if name.value == "policy-mode" {
            mode = policy_mode(option, &name, report);
        } else if NAMES.contains(&name.value.as_str()) {
            not_yet(option, &name, report);
        } else {
            unknown(&name, report);
        }
    }
    mode
}

fn policy_mode(
    option: &Fields,
    name: &Spanned<String>,
    report: &mut Report<'_>,
) -> Option<Spanned<Mode>> {
    let value = value(option, name, report)?;
    let mode = match value.value.as_str() {
        "enforce" => Mode::Enforce,
        "monitor" => Mode::Monitor,
        _ => {
            bad_value(name, &value, "it must be `enforce` or `monitor`", report);
            return None;
        }
    };
    Some(Spanned::new(mode, value.span))
}

fn not_yet(option: &Fields, name: &Spanned<String>, report: &mut Report<'_>) {
    let Some(value) = value(option, name, report) else { return };
    let text = value.value.as_str();
    let (is_legal, legal) = match name.value.as_str() {
        "override-method" => (
            ["fmod-ret", "override-return"].contains(&text),
            "it must be `fmod-ret` or `override-return`",
        ),
        "sleepable-preload-size" => {
            (text.parse::<u32>().is_ok_and(|size| size > 0), "it must be a number above 0")
        }
        _ => (BOOLEANS.contains(&text), "it must be `true` or `false`"),
    };
    if is_legal {
        let what = format!("the option `{}`", name.value);
        report.not_yet.push(NotYet { what, span: name.span });
    } else {
        bad_value(name, &value, legal, report);
    }
}

/// The option's value; without one, what `name` has is nothing.
fn value(
    option: &Fields,
    name: &Spanned<String>,
    report: &mut Report<'_>,
) -> Option<Spanned<String>> {
    let value = option.text("value");
    if value.is_none() && option.is_intact {
        bad_value(name, &Spanned::new(String::new(), name.span), "add `value:` to it", report);
    }
    value
}

fn bad_value(name: &Spanned<String>, value: &Spanned<String>, help: &str, report: &mut Report<'_>) {
    let message = match value.value.as_str() {
        "" => format!("the option `{}` needs a value", name.value),
        text => format!("the option `{}` cannot be `{}`", name.value, shown(text)),
    };
    report.diagnostics.add(
        &code::OPTION_VALUE,
        Finding::at(value.span, message).label("no such setting").help(help.to_owned()),
    );
}

fn unknown(name: &Spanned<String>, report: &mut Report<'_>) {
    let help = did_you_mean(&name.value, NAMES)
        .unwrap_or_else(|| format!("the options are {}", listed(&NAMES, "and")));
    report.diagnostics.add(
        &code::UNKNOWN_OPTION,
        Finding::at(name.span, format!("there is no option `{}`", shown(&name.value)))
            .label("unknown option")
            .help(help)
            .note("Tetragon ignores unknown options without a word"),
    );
}
