//! The parts of `spec` beside the hooks.

use super::selector::{self, Around};
use super::{field, mode, report, text, texts, word};
use crate::diagnostic::Diagnostics;
use crate::plain::Value;
use crate::policy::{LabelSelector, List, Policy, Workloads};

/// Adds every setting. Keys without entries are added too.
pub(super) fn settings(
    policy: &Policy,
    spec: &mut Vec<(String, Value)>,
    diagnostics: &mut Diagnostics,
) {
    let mut options = Vec::new();
    options.extend(policy.mode.map(|written| option("policy-mode", mode(written.value))));
    options.extend(policy.options.iter().map(|one| option(one.value.name(), &one.value.value())));
    spec.push(field("options", Value::List(options)));
    spec.extend(workloads(&policy.workloads));
    spec.extend(policy.nodes.as_ref().map(|nodes| field("nodeSelector", labels(nodes))));
    spec.extend(policy.loader.map(|_| field("loader", Value::Flag(true))));
    spec.push(field("lists", Value::List(policy.lists.iter().map(list).collect())));
    let enforcers = policy.enforcers.iter();
    let enforcers =
        enforcers.map(|enforcer| super::record([("calls", Some(texts(&enforcer.calls)))]));
    spec.push(field("enforcers", Value::List(enforcers.collect())));
    let mut macros = Vec::new();
    for one in &policy.macros {
        let around = Around { hook: None, diagnostics };
        let mut selectors = selector::selectors(&one.selector, around);
        if selectors.len() == 1 {
            macros.extend(selectors.pop().map(|selector| field(&one.name.value, selector)));
        } else if diagnostics.gate(()).is_ok() {
            let help = "write `or` in the rules that use it";
            let message = "a macro of TracingPolicy joins its conditions by `and` only";
            report::no_form(diagnostics, one.name.span, message, help);
        }
    }
    if !macros.is_empty() {
        spec.push(field("selectorsMacros", Value::Record(macros)));
    }
}

fn option(name: &str, value: &str) -> Value {
    super::record([("name", Some(word(name))), ("value", Some(word(value)))])
}

fn list(list: &List) -> Value {
    super::record([
        ("name", Some(text(&list.name))),
        ("type", list.kind.map(|kind| word(kind.value.name()))),
        ("values", (!list.values.is_empty()).then(|| texts(&list.values))),
        ("pattern", list.pattern.as_ref().map(text)),
        ("validated", list.validated.map(|_| Value::Flag(true))),
    ])
}

/// `podSelector`, `containerSelector` and `hostSelector`, as far as they are there.
pub(super) fn workloads(workloads: &Workloads) -> Vec<(String, Value)> {
    let Workloads { pods, containers, hosts } = workloads;
    let fields = [
        ("podSelector", pods.as_ref().map(labels)),
        ("containerSelector", containers.as_ref().map(labels)),
        ("hostSelector", hosts.map(|_| Value::Record(Vec::new()))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some(field(name, value?))).collect()
}

fn labels(selector: &LabelSelector) -> Value {
    let equal = selector.labels.iter().map(|(key, value)| (key.value.clone(), text(value)));
    let expressions = selector.expressions.iter().map(|one| {
        super::record([
            ("key", Some(text(&one.key))),
            ("operator", Some(word(one.operator.value.name()))),
            ("values", (!one.values.is_empty()).then(|| texts(&one.values))),
        ])
    });
    super::record([
        ("matchLabels", (!selector.labels.is_empty()).then(|| Value::Record(equal.collect()))),
        (
            "matchExpressions",
            (!selector.expressions.is_empty()).then(|| Value::List(expressions.collect())),
        ),
    ])
}
