//! Hooks and what they read.

use super::selector::{self, Around};
use super::{field, integers, limit, record, report, text, texts, word};
use crate::diagnostic::Diagnostics;
use crate::plain::Value;
use crate::policy::{
    Argument, ArgumentPlace, Call, CallKind, FieldPath, Hook, Point, Policy, SizeArgument,
    TrackAction, Uprobe,
};
use crate::source::Spanned;

/// The section that the hooks of a policy belong to. TracingPolicy takes one a policy.
pub(super) fn section(policy: &Policy, diagnostics: &mut Diagnostics) -> &'static str {
    let first = policy.hooks.first().map_or("kprobes", |hook| section_of(&hook.point));
    for hook in &policy.hooks {
        let other = section_of(&hook.point);
        if other != first {
            let message = format!("a policy has hooks of one sort: `{first}`, or `{other}`");
            let help = "write a policy for each sort";
            report::no_form(diagnostics, hook.point.span(), &message, help);
            return first;
        }
    }
    first
}

fn section_of(point: &Point) -> &'static str {
    match point {
        Point::Function(_) | Point::Syscall(_) | Point::List { .. } => "kprobes",
        Point::Fentry(_) => "fentries",
        Point::Lsm(_) => "lsmhooks",
        Point::Tracepoint { .. } | Point::RawTracepoint { .. } => "tracepoints",
        Point::Uprobe(_) => "uprobes",
        Point::Usdt { .. } => "usdts",
    }
}

/// An entry of a section. `names` are what can be read there, by index.
pub(super) fn hook(hook: &Hook, names: &[String], diagnostics: &mut Diagnostics) -> Value {
    let mut fields = point(&hook.point);
    for (key, list) in [("args", &hook.arguments), ("data", &hook.data)] {
        let entries = list.iter().map(|one| argument(one, hook, names, diagnostics)).collect();
        fields.push(field(key, Value::List(entries)));
    }
    fields.retain(|(_, value)| !super::is_empty(value));
    if let Some(returned) = &hook.return_argument {
        fields.push(field("return", Value::Flag(true)));
        fields.push(field("returnArg", argument(returned, hook, names, diagnostics)));
    }
    fields.extend(hook.return_action.map(|action| {
        let name = match action.value {
            TrackAction::Track => "TrackSock",
            TrackAction::Untrack => "UntrackSock",
        };
        field("returnArgAction", word(name))
    }));
    fields.extend(hook.ignore_missing.map(|_| ignore(&hook.point)));
    fields.extend(hook.message.as_ref().map(|message| field("message", text(message))));
    if !hook.tags.is_empty() {
        fields.push(field("tags", texts(&hook.tags)));
    }
    let mut selectors = Vec::new();
    for one in &hook.selectors {
        let found = selector::selectors(one, Around { hook: Some(hook), diagnostics });
        limit::rule(one, &found, diagnostics);
        selectors.extend(found);
    }
    limit::hook(hook, selectors.len(), diagnostics);
    if selectors.is_empty() && !hook.selectors.is_empty() && diagnostics.gate(()).is_ok() {
        let help = "remove the hook, or its rules";
        let message =
            "no rule of this hook can ever hold, and without selectors all calls are posted";
        report::no_form(diagnostics, hook.point.span(), message, help);
    }
    if !selectors.is_empty() {
        fields.push(field("selectors", Value::List(selectors)));
    }
    Value::Record(fields)
}

fn ignore(point: &Point) -> (String, Value) {
    let what = match point {
        Point::Uprobe(_) => "digestVerificationFailure",
        Point::Function(_)
        | Point::Syscall(_)
        | Point::List { .. }
        | Point::Fentry(_)
        | Point::Lsm(_)
        | Point::Tracepoint { .. }
        | Point::RawTracepoint { .. }
        | Point::Usdt { .. } => "callNotFound",
    };
    field("ignore", record([(what, Some(Value::Flag(true)))]))
}

fn point(point: &Point) -> Vec<(String, Value)> {
    match point {
        Point::Function(name) => call(text(name), CallKind::Function),
        Point::Syscall(name) => call(text(name), CallKind::Syscall),
        Point::List { name, kind } | Point::Fentry(Call::List { name, kind }) => {
            call(Value::Text(format!("list:{}", name.value)), *kind)
        }
        Point::Fentry(Call::One { name, kind }) => call(text(name), *kind),
        Point::Lsm(name) => vec![field("hook", text(name))],
        Point::Tracepoint { subsystem, event } => {
            vec![field("subsystem", text(subsystem)), field("event", text(event))]
        }
        Point::RawTracepoint { subsystem, event } => vec![
            field("subsystem", text(subsystem)),
            field("event", text(event)),
            field("raw", Value::Flag(true)),
        ],
        Point::Uprobe(program) => uprobe(program),
        Point::Usdt { path, provider, name, btf_path } => {
            let mut fields = vec![
                field("path", text(path)),
                field("provider", text(provider)),
                field("name", text(name)),
            ];
            fields.extend(btf_path.as_ref().map(|path| field("btfPath", text(path))));
            fields
        }
    }
}

/// `syscall` is `true` when it is left out, so it is always written.
fn call(name: Value, kind: CallKind) -> Vec<(String, Value)> {
    vec![field("call", name), field("syscall", Value::Flag(kind == CallKind::Syscall))]
}

fn uprobe(uprobe: &Uprobe) -> Vec<(String, Value)> {
    let Uprobe { path, symbols, offsets, addresses, reference_counter_offsets, btf_path, digests } =
        uprobe;
    let mut fields = vec![field("path", text(path))];
    let lists = [
        ("symbols", texts(symbols)),
        ("offsets", integers(offsets)),
        ("addrs", integers(addresses)),
        ("refCtrOffsets", integers(reference_counter_offsets)),
    ];
    fields.extend(lists.map(|(name, list)| field(name, list)));
    fields.extend(btf_path.as_ref().map(|path| field("btfPath", text(path))));
    fields.push(field("binaryDigests", texts(digests)));
    fields.retain(|(_, value)| !super::is_empty(value));
    fields
}

fn argument(
    argument: &Argument,
    hook: &Hook,
    names: &[String],
    diagnostics: &mut Diagnostics,
) -> Value {
    let index = match &argument.place {
        ArgumentPlace::Index { index, .. } => Some(index.value),
        ArgumentPlace::Name(name) => number(name, names, diagnostics),
        ArgumentPlace::Return { index, .. } => Some(index.map_or(0, |index| index.value)),
    };
    let size = argument.size_argument.as_ref().and_then(|size| match size {
        SizeArgument::Number(number) => Some(number.value),
        SizeArgument::Name(name) => sized_by(name, hook, names, diagnostics),
    });
    record([
        ("index", index.map(|index| Value::Integer(index.into()))),
        ("type", argument.type_.map(|type_| word(type_.value.name()))),
        ("source", argument.source.map(|source| word(source.value.name()))),
        ("resolve", argument.resolve.as_ref().map(path)),
        ("btfType", argument.btf_type.as_ref().map(text)),
        ("btfTypeModule", argument.btf_module.as_ref().map(text)),
        ("sizeArgIndex", size.map(|size| Value::Integer(size.into()))),
        ("returnCopy", argument.return_copy.map(|_| Value::Flag(true))),
        ("maxData", argument.max_data.map(|_| Value::Flag(true))),
        ("label", argument.label.as_ref().map(text)),
    ])
}

fn path(path: &FieldPath) -> Value {
    Value::Text(FieldPath::written(&path.steps))
}

/// The number of the argument with the size, counted from 1.
fn sized_by(
    name: &Spanned<String>,
    hook: &Hook,
    names: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<u32> {
    let declared = hook.arguments.iter().find(|one| one.name() == Some(&name.value));
    let index = match declared.map(|one| &one.place) {
        Some(ArgumentPlace::Index { index, .. }) => Some(index.value),
        Some(ArgumentPlace::Name(parameter)) => number(parameter, names, diagnostics),
        Some(ArgumentPlace::Return { .. }) | None => number(name, names, diagnostics),
    };
    index.map(|index| index.saturating_add(1))
}

/// The index of what the kernel calls `name`.
fn number(name: &Spanned<String>, names: &[String], diagnostics: &mut Diagnostics) -> Option<u32> {
    let found = names.iter().position(|known| *known == name.value);
    let index = found.and_then(|index| u32::try_from(index).ok());
    if index.is_none() {
        let help = if names.is_empty() {
            "name a kernel with `--kernel`, or write the position: `#0 as name`".to_owned()
        } else {
            format!("the names here are `{}`", names.join("`, `"))
        };
        report::unnumbered(diagnostics, name.span, &name.value, help);
    }
    index
}
