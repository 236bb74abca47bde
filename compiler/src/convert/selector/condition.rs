//! One test as an entry of a selector.

use crate::convert::{integers, record, report, setting, texts, word};
use crate::diagnostic::Diagnostics;
use crate::plain::Value;
use crate::policy::{Argument, ArgumentPlace, ArgumentReference, Condition, Hook, Operator, Whose};
use crate::source::{Span, Spanned};

/// The key that a test stands under, and the entry there.
pub(super) fn condition(
    test: &Condition,
    hook: Option<&Hook>,
    diagnostics: &mut Diagnostics,
) -> (&'static str, Value) {
    match test {
        Condition::Argument { argument, operator, values, .. }
        | Condition::Cel { argument, operator, values, .. } => {
            let key = if matches!(argument, ArgumentReference::Data(_)) {
                "matchData"
            } else {
                "matchArgs"
            };
            (key, compared(reference(argument, hook, diagnostics), *operator, values))
        }
        Condition::CapabilitiesGained { operator, new, old, values, .. } => {
            let both = [Some(new), old.as_ref()].into_iter().flatten();
            let places: Vec<Value> = both.filter_map(|one| place(one, hook, diagnostics)).collect();
            let entry = record([
                ("args", Some(Value::List(places))),
                ("operator", Some(word(operator.value.name()))),
                ("values", Some(texts(values))),
            ]);
            ("matchArgs", entry)
        }
        Condition::Binary { whose, operator, values, follow_children, .. } => {
            let key = match whose {
                Whose::Process => "matchBinaries",
                Whose::Parent => "matchParentBinaries",
            };
            let extra = [("followChildren", follow_children.is_some())];
            (key, among(*operator, texts(values), extra))
        }
        Condition::Pid { operator, values, is_namespace_pid, follow_forks, .. } => {
            let extra = [("isNamespacePID", *is_namespace_pid), ("followForks", *follow_forks)];
            ("matchPIDs", among(*operator, integers(values), extra))
        }
        Condition::Namespace { kind, operator, values, .. } => {
            let entry = record([
                ("namespace", Some(word(kind.value.name()))),
                ("operator", Some(word(operator.value.name()))),
                ("values", Some(texts(values))),
            ]);
            ("matchNamespaces", entry)
        }
        Condition::NamespaceChange { operator, values, .. } => {
            let kinds = values.iter().map(|kind| word(kind.value.name())).collect();
            ("matchNamespaceChanges", among(*operator, Value::List(kinds), []))
        }
        Condition::Capability {
            set, set_span, operator, values, is_namespace_capability, ..
        } => {
            let set = set_span.map(|_| set.name());
            ("matchCapabilities", capability(set, *operator, values, *is_namespace_capability))
        }
        Condition::CapabilityChange {
            set,
            set_span,
            operator,
            values,
            is_namespace_capability,
            ..
        } => {
            let set = set_span.map(|_| set.name());
            ("matchCapabilityChanges", capability(set, *operator, values, *is_namespace_capability))
        }
        Condition::Workload { workloads, .. } => {
            ("matchWorkloads", Value::Record(setting::workloads(workloads)))
        }
    }
}

/// The same for a test of the return value, which has one index only.
pub(super) fn returned(
    test: &Condition,
    hook: Option<&Hook>,
    diagnostics: &mut Diagnostics,
) -> (&'static str, Value) {
    let Condition::Argument { argument: ArgumentReference::Name { .. }, operator, values, .. } =
        test
    else {
        return condition(test, hook, diagnostics);
    };
    let argument = hook.and_then(|hook| hook.return_argument.as_ref());
    let index = argument.map_or(0, |argument| match &argument.place {
        ArgumentPlace::Return { index: Some(index), .. } => index.value,
        ArgumentPlace::Return { .. } | ArgumentPlace::Index { .. } | ArgumentPlace::Name(_) => 0,
    });
    ("matchReturnArgs", compared(Some(("index", Value::Integer(index.into()))), *operator, values))
}

fn compared(
    reference: Option<(&'static str, Value)>,
    operator: Spanned<Operator>,
    values: &[Spanned<String>],
) -> Value {
    let (key, reference) = reference.map_or(("index", None), |(key, value)| (key, Some(value)));
    record([
        (key, reference),
        ("operator", Some(word(operator.value.name()))),
        ("values", (!values.is_empty()).then(|| texts(values))),
    ])
}

fn among<const N: usize>(
    operator: Spanned<Operator>,
    values: Value,
    flags: [(&str, bool); N],
) -> Value {
    let mut fields =
        vec![("operator".to_owned(), word(operator.value.name())), ("values".to_owned(), values)];
    let set = flags.into_iter().filter(|(_, is_set)| *is_set);
    fields.extend(set.map(|(name, _)| (name.to_owned(), Value::Flag(true))));
    Value::Record(fields)
}

fn capability(
    set: Option<&str>,
    operator: Spanned<Operator>,
    values: &[Spanned<String>],
    is_namespace_capability: Option<Span>,
) -> Value {
    record([
        ("type", set.map(word)),
        ("operator", Some(word(operator.value.name()))),
        ("values", Some(texts(values))),
        ("isNamespaceCapability", is_namespace_capability.map(|_| Value::Flag(true))),
    ])
}

/// How an entry says which argument is meant.
fn reference(
    argument: &ArgumentReference,
    hook: Option<&Hook>,
    diagnostics: &mut Diagnostics,
) -> Option<(&'static str, Value)> {
    match argument {
        ArgumentReference::Index(index) | ArgumentReference::Data(index) => {
            Some(("index", Value::Integer(index.value.into())))
        }
        ArgumentReference::Place(place) => {
            Some(("args", Value::List(vec![Value::Integer(place.value.into())])))
        }
        ArgumentReference::Name { .. } => {
            let place = place(argument, hook, diagnostics)?;
            Some(("args", Value::List(vec![place])))
        }
    }
}

/// The place of an argument in the hook's list.
fn place(
    argument: &ArgumentReference,
    hook: Option<&Hook>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let arguments = hook.map_or(&[][..], |hook| hook.arguments.as_slice());
    let found = match argument {
        ArgumentReference::Place(place) | ArgumentReference::Data(place) => {
            usize::try_from(place.value).ok()
        }
        ArgumentReference::Index(wanted) => {
            arguments.iter().position(|one| is_at(one, wanted.value))
        }
        ArgumentReference::Name { name, .. } => {
            arguments.iter().position(|one| one.name() == Some(&name.value))
        }
    };
    if found.is_none() {
        let help = "write the argument's place in the list of the hooks that use it: `args[0]`";
        report::unnumbered(diagnostics, argument.span(), &shown(argument), help.to_owned());
    }
    Some(Value::Integer(found?.try_into().ok()?))
}

fn is_at(argument: &Argument, wanted: u32) -> bool {
    matches!(&argument.place, ArgumentPlace::Index { index, .. } if index.value == wanted)
}

fn shown(argument: &ArgumentReference) -> String {
    match argument {
        ArgumentReference::Index(index) => format!("#{}", index.value),
        ArgumentReference::Place(place) => format!("args[{}]", place.value),
        ArgumentReference::Data(place) => format!("data[{}]", place.value),
        ArgumentReference::Name { name, .. } => name.value.clone(),
    }
}
