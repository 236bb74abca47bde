//! The legal parts of a policy that the writ engine does not do yet.

use super::not_yet;
use crate::diagnostic::{Diagnostics, Reported};
use crate::policy::{self, Argument, Hook, Policy};
use crate::source::Span;

/// Refuses what stands in the policy outside its hooks.
pub(super) fn of_policy(policy: &Policy, diagnostics: &mut Diagnostics) -> Vec<Reported> {
    let mut parts: Vec<(String, Span)> = Vec::new();
    let mut note = |what: &str, span: Option<Span>| {
        parts.extend(span.map(|span| (what.to_owned(), span)));
    };
    for list in &policy.lists {
        note("lists of functions", Some(list.name.span));
    }
    for enforcer in &policy.enforcers {
        note("enforcers", Some(enforcer.span));
    }
    for option in &policy.options {
        note(&format!("the option `{}`", option.value.name()), Some(option.span));
    }
    for one in &policy.macros {
        note("selector macros", Some(one.name.span));
    }
    note("pod selectors", policy.workloads.pods.as_ref().map(|pods| pods.span));
    note("container selectors", policy.workloads.containers.as_ref().map(|one| one.span));
    note("host selectors", policy.workloads.hosts);
    note("node selectors", policy.nodes.as_ref().map(|nodes| nodes.span));
    note("loader events", policy.loader);
    parts.iter().map(|(what, span)| not_yet(what, *span, diagnostics)).collect()
}

/// Refuses what a hook reads or reports in a way that is not done.
pub(super) fn of_hook(hook: &Hook, diagnostics: &mut Diagnostics) -> Vec<Reported> {
    let mut parts: Vec<(&str, Option<Span>)> = Vec::new();
    parts.extend(hook.data.iter().map(|one| ("`data`", Some(one.span))));
    for argument in hook.arguments.iter().chain(&hook.return_argument) {
        parts.extend(of_argument(argument));
    }
    parts.push(("`returnArgAction`", hook.return_action.map(|action| action.span)));
    parts.push(("`ignore`", hook.ignore_missing));
    for selector in &hook.selectors {
        parts.extend(selector.macros.iter().map(|one| ("selector macros", Some(one.span))));
    }
    let parts = parts.into_iter().filter_map(|(what, span)| span.map(|span| (what, span)));
    parts.map(|(what, span)| not_yet(what, span, diagnostics)).collect()
}

fn of_argument(argument: &Argument) -> [(&'static str, Option<Span>); 7] {
    [
        ("`source`", argument.source.map(|source| source.span)),
        ("`resolve`", argument.resolve.as_ref().map(|path| path.text.span)),
        ("`btfType`", argument.btf_type.as_ref().map(|name| name.span)),
        ("`btfTypeModule`", argument.btf_module.as_ref().map(|name| name.span)),
        ("`sizeArgIndex`", argument.size_argument.as_ref().map(policy::SizeArgument::span)),
        ("`returnCopy`", argument.return_copy),
        ("`maxData`", argument.max_data),
    ]
}
