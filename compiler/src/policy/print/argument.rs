//! What a hook reads, as text.

use super::text::{is_word, quoted, symbol};
use crate::policy::{Argument, ArgumentPlace, FieldPath, Hook, SizeArgument, Source, Step};

/// What stands between the parentheses: the arguments, then the data.
pub(super) fn declared(hook: &Hook) -> Vec<String> {
    let has_data = hook.point.has_data();
    let arguments = hook.arguments.iter().map(|one| {
        let section = if has_data && one.source.is_some() { "args " } else { "" };
        format!("{section}{}", argument(one, None))
    });
    let data = (0..).zip(&hook.data).map(|(place, one)| {
        if has_data && one.source.is_some() {
            argument(one, Some(place))
        } else {
            format!("data {}", argument(one, None))
        }
    });
    arguments.chain(data).collect()
}

/// One argument. Where data stands in its place, the position need not be written.
pub(super) fn argument(argument: &Argument, data_place: Option<u32>) -> String {
    let mut out = name(argument, data_place);
    if let Some(type_) = &argument.type_ {
        out.push_str(": ");
        out.push_str(type_.value.name());
    }
    out.push_str(&buffer(argument));
    out.push_str(&origin(argument));
    if let Some(label) = &argument.label {
        out.push_str(" label ");
        out.push_str(&quoted(&label.value));
    }
    out
}

fn name(argument: &Argument, data_place: Option<u32>) -> String {
    if let Some(alias) = &argument.alias {
        return alias.value.clone();
    }
    match &argument.place {
        ArgumentPlace::Index { index, name: Some(name) } if data_place == Some(index.value) => {
            name.value.clone()
        }
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
    }
}

fn buffer(argument: &Argument) -> String {
    let mut out = match &argument.size_argument {
        None => String::new(),
        Some(SizeArgument::Name(name)) => format!(" size {}", name.value),
        Some(SizeArgument::Number(number)) => format!(" size #{}", number.value.saturating_sub(1)),
    };
    if argument.return_copy.is_some() {
        out.push_str(" returned");
    }
    if argument.max_data.is_some() {
        out.push_str(" max");
    }
    out
}

/// Where it is read, when that is not its place alone.
fn origin(argument: &Argument) -> String {
    let Argument { alias, source, resolve, btf_type, btf_module, .. } = argument;
    let is_plain = alias.is_none()
        && source.is_none()
        && resolve.is_none()
        && btf_type.is_none()
        && btf_module.is_none();
    if is_plain {
        return String::new();
    }
    let root = match (source.map(|source| source.value), &argument.place) {
        (Some(Source::CurrentTask), _) => "task".to_owned(),
        (Some(Source::Registers), _) => "regs".to_owned(),
        (None, ArgumentPlace::Index { index, .. }) => format!("#{}", index.value),
        (None, ArgumentPlace::Name(name)) => name.value.clone(),
        (None, ArgumentPlace::Return { .. }) => "return".to_owned(),
    };
    let path = resolve.as_ref().map_or(String::new(), steps);
    format!(" = {}{root}{path}", cast(argument))
}

fn cast(argument: &Argument) -> String {
    // `of` would be taken for the word before a module.
    let name = |text: &str| if text == "of" { quoted(text) } else { symbol(text) };
    let type_ = argument.btf_type.as_ref().map(|type_| name(&type_.value));
    let module = argument.btf_module.as_ref().map(|module| format!("of {}", name(&module.value)));
    let parts: Vec<String> = [type_, module].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("({}) ", parts.join(" ")) }
}

fn steps(path: &FieldPath) -> String {
    let mut out = String::new();
    for step in &path.steps {
        match &step.value {
            Step::Field(name) if is_word(name) => out = format!("{out}.{name}"),
            Step::Field(name) => out = format!("{out}.{}", quoted(name)),
            Step::Element(index) => out = format!("{out}[{index}]"),
        }
    }
    out
}
