//! `options`: settings of the policy by name.

use super::Report;
use super::fields::Fields;
use super::findings::{duplicate, listed, shown};
use crate::diagnostic::{Finding, Fix, Near, Safety, TetragonAnswer, code};
use crate::policy::{Mode, OverrideMethod, Setting};
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
const TRUE: [&str; 6] = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE: [&str; 6] = ["0", "f", "F", "FALSE", "false", "False"];

/// What the options say. Every option is checked; of two with one name, the last counts.
pub(super) fn options(spec: &Fields, report: &mut Report<'_>) -> Options {
    let mut places = BTreeMap::new();
    let mut options = Options::default();
    for option in spec.records("options") {
        let Some(name) = option.text("name") else { continue };
        let place = (name.span, option.span);
        if let Some((first, whole)) = places.insert(name.value.clone(), place) {
            let answer = TetragonAnswer::Accepts;
            let fix = Fix::safe("remove the first one, which does not count").remove_item(whole);
            duplicate(report.diagnostics, "the option", &name, first, answer, fix);
            options.settings.retain(|setting| setting.value.name() != name.value);
        }
        if !NAMES.contains(&name.value.as_str()) {
            unknown(&name, report);
            continue;
        }
        let Some(value) = value(option, &name, report) else { continue };
        match known(&name.value, &value.value) {
            Ok(Known::Mode(mode)) => options.mode = Some(Spanned::new(mode, value.span)),
            Ok(Known::Setting(setting)) => {
                options.settings.push(Spanned::new(setting, name.span));
            }
            Err(legal) => bad_value(&name, &value, legal, report),
        }
    }
    options
}

/// What the options of a policy say.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) mode: Option<Spanned<Mode>>,
    pub(super) settings: Vec<Spanned<Setting>>,
}

enum Known {
    Mode(Mode),
    Setting(Setting),
}

/// What the option `name` says with this value, or which values it takes.
fn known(name: &str, value: &str) -> Result<Known, &'static str> {
    let setting = match name {
        "policy-mode" => return mode(value).map(Known::Mode),
        "override-method" => OverrideMethod::ALL
            .into_iter()
            .find(|method| method.name() == value)
            .map(Setting::OverrideMethod)
            .ok_or("it must be `fmod-ret` or `override-return`"),
        "sleepable-preload-size" => value
            .parse::<u32>()
            .ok()
            .filter(|&size| size > 0)
            .map(Setting::SleepablePreloadSize)
            .ok_or("it must be a number above 0"),
        "disable-uprobe-multi" => boolean(value).map(Setting::DisableUprobeMulti),
        _ => boolean(value).map(Setting::DisableKprobeMulti),
    };
    setting.map(Known::Setting)
}

fn mode(value: &str) -> Result<Mode, &'static str> {
    match value {
        "enforce" => Ok(Mode::Enforce),
        "monitor" => Ok(Mode::Monitor),
        _ => Err("it must be `enforce` or `monitor`"),
    }
}

fn boolean(value: &str) -> Result<bool, &'static str> {
    if TRUE.contains(&value) {
        return Ok(true);
    }
    if FALSE.contains(&value) { Ok(false) } else { Err("it must be `true` or `false`") }
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
    let near = Near::to(&name.value, NAMES);
    let help = near.help().unwrap_or_else(|| format!("the options are {}", listed(&NAMES, "and")));
    report.diagnostics.add(
        &code::UNKNOWN_OPTION,
        Finding::at(name.span, format!("there is no option `{}`", shown(&name.value)))
            .label("unknown option")
            .help(help)
            .note("Tetragon ignores unknown options without a word")
            .fix(near.fix(name.span, Safety::Unsafe))
            .tetragon(TetragonAnswer::Accepts),
    );
}
