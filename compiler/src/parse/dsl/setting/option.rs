//! `option NAME = VALUE`

use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::{OverrideMethod, Setting};
use crate::source::Spanned;

/// Every option.
const NAMES: [&str; 4] =
    ["disable-kprobe-multi", "disable-uprobe-multi", "override-method", "sleepable-preload-size"];

/// Takes in an option.
pub(super) fn option(pair: &Pair, options: &mut Vec<Spanned<Setting>>, text: &mut Text) {
    let parts: Vec<Pair> = pair.all(Rule::option_part).collect();
    let [name, value] = parts.as_slice() else { return };
    let span = pair.span(text);
    let (name, value) = (name.content(text), value.content(text));
    let flag = value.value.parse::<bool>().ok();
    let setting = match name.value.as_str() {
        "disable-kprobe-multi" => flag.map(Setting::DisableKprobeMulti),
        "disable-uprobe-multi" => flag.map(Setting::DisableUprobeMulti),
        "override-method" => OverrideMethod::ALL
            .into_iter()
            .find(|method| method.name() == value.value)
            .map(Setting::OverrideMethod),
        "sleepable-preload-size" => {
            value.value.parse().ok().filter(|&size| size > 0).map(Setting::SleepablePreloadSize)
        }
        "policy-mode" => {
            let finding = Finding::at(name.span, "the mode is a setting of its own")
                .label("not an option here")
                .help(format!("write `mode {}`", value.value));
            return report::wrong_value(text, finding);
        }
        other => return report::unknown_word(text, "option", other, name.span, NAMES),
    };
    let Some(setting) = setting else { return wrong(&name.value, &value, text) };
    let first = options.iter().find(|known| known.value.name() == setting.name());
    if let Some(first) = first {
        let what = format!("the option `{}`", name.value);
        return report::declared_twice(text, &what, span, first.span);
    }
    options.push(Spanned::new(setting, span));
}

fn wrong(name: &str, value: &Spanned<String>, text: &mut Text) {
    let wanted = match name {
        "override-method" => "`fmod-ret` or `override-return`",
        "sleepable-preload-size" => "a number of bytes above 0",
        _ => "`true` or `false`",
    };
    let finding = Finding::at(value.span, format!("`{name}` takes {wanted}"))
        .label("not such a value")
        .help(format!("write {wanted}"));
    report::wrong_value(text, finding);
}
