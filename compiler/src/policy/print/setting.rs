//! The settings of a policy as text, but for its message, tags and mode.

use super::condition::condition;
use super::hook::{label, outcome};
use super::text::{Printer, quoted, symbol};
use super::workload::{Owner, labels};
use crate::policy::{Enforcer, LabelSelector, List, Macro, Policy};

/// A line for each setting.
pub(super) fn settings(policy: &Policy, printer: &mut Printer) {
    for option in &policy.options {
        printer.line(&format!("option {} = {}", option.value.name(), option.value.value()));
    }
    for_labels("pods", policy.workloads.pods.as_ref(), Owner::Pod, printer);
    for_labels("containers", policy.workloads.containers.as_ref(), Owner::Container, printer);
    if policy.workloads.hosts.is_some() {
        printer.line("for host");
    }
    for_labels("nodes", policy.nodes.as_ref(), Owner::Node, printer);
    if policy.loader.is_some() {
        printer.line("loader");
    }
    for one in &policy.lists {
        list(one, printer);
    }
    for one in &policy.enforcers {
        enforcer(one, printer);
    }
    for one in &policy.macros {
        definition(one, printer);
    }
}

fn for_labels(kind: &str, selector: Option<&LabelSelector>, owner: Owner, printer: &mut Printer) {
    let Some(selector) = selector else { return };
    let tests = labels(selector, owner);
    if tests.is_empty() {
        printer.line(&format!("for {kind}"));
    } else {
        printer.line(&format!("for {kind} {{ {} }}", tests.join(" and ")));
    }
}

fn list(list: &List, printer: &mut Printer) {
    let mut line = format!("list {}", symbol(&list.name.value));
    if let Some(kind) = list.kind {
        line = format!("{line}: {}", kind.value.name());
    }
    if !list.values.is_empty() {
        let values: Vec<String> = list.values.iter().map(|value| quoted(&value.value)).collect();
        line = format!("{line} = [{}]", values.join(", "));
    }
    if let Some(pattern) = &list.pattern {
        line = format!("{line} matching {}", quoted(&pattern.value));
    }
    if list.validated.is_some() {
        line.push_str(" validated");
    }
    printer.line(&line);
}

fn enforcer(enforcer: &Enforcer, printer: &mut Printer) {
    let calls: Vec<String> = enforcer
        .calls
        .iter()
        .map(|call| match call.value.strip_prefix("list:") {
            Some(list) => format!("list {}", symbol(list)),
            None => symbol(&call.value),
        })
        .collect();
    printer.line(&format!("enforce on [{}]", calls.join(", ")));
}

fn definition(one: &Macro, printer: &mut Printer) {
    let name = symbol(&one.name.value);
    let asked = condition(&one.selector).unwrap_or_else(|| "always".to_owned());
    let (label, outcome) = (label(&one.selector), outcome(&one.selector));
    printer.line(&format!("macro {name} = {label}{asked}{outcome}"));
}
