//! Tetragon's limits that the selectors of a hook pass.

use super::report;
use crate::diagnostic::Diagnostics;
use crate::engine::limit_table::{
    ACTIONS, ARGUMENT_FILTERS, ARGUMENTS, CAPABILITY_CHANGES, CAPABILITY_FILTERS, Limit,
    NAMESPACE_CHANGES, NAMESPACE_FILTERS, PID_FILTERS, SELECTORS,
};
use crate::plain::Value;
use crate::policy::{Hook, Selector};
use crate::source::Span;

/// Lists of a selector whose entries are counted together, and their limit.
const LISTS: [(&[&str], Limit); 7] = [
    (&["matchArgs", "matchData"], ARGUMENT_FILTERS),
    (&["matchPIDs"], PID_FILTERS),
    (&["matchNamespaces"], NAMESPACE_FILTERS),
    (&["matchNamespaceChanges"], NAMESPACE_CHANGES),
    (&["matchCapabilities"], CAPABILITY_FILTERS),
    (&["matchCapabilityChanges"], CAPABILITY_CHANGES),
    (&["matchActions"], ACTIONS),
];

/// Reports what is too much at a hook with so many selectors.
pub(super) fn hook(hook: &Hook, selectors: usize, diagnostics: &mut Diagnostics) {
    let help = "write lists in place of `or`, or fewer rules";
    check(selectors, SELECTORS, hook.point.span(), help, diagnostics);
    let help = "read less at this hook";
    let arguments = hook.arguments.len() + hook.data.len();
    check(arguments, ARGUMENTS, hook.point.span(), help, diagnostics);
}

/// Reports what is too much in the selectors that a rule became.
pub(super) fn rule(rule: &Selector, selectors: &[Value], diagnostics: &mut Diagnostics) {
    for (keys, limit) in LISTS {
        let count = selectors.iter().map(|selector| entries(selector, keys)).max().unwrap_or(0);
        check(count, limit, rule.span, "split the rule", diagnostics);
    }
}

fn entries(selector: &Value, keys: &[&str]) -> usize {
    let Value::Record(fields) = selector else { return 0 };
    let lists = fields.iter().filter(|(key, _)| keys.contains(&key.as_str()));
    lists
        .map(|(_, value)| match value {
            Value::List(entries) => entries.len(),
            Value::Text(_) | Value::Integer(_) | Value::Flag(_) | Value::Record(_) => 0,
        })
        .sum()
}

fn check(count: usize, limit: Limit, span: Span, help: &str, diagnostics: &mut Diagnostics) {
    let most = limit.large.number();
    if count > most {
        let message = format!("{count} {}; Tetragon takes {most}", limit.what);
        report::beyond(diagnostics, span, message, help);
    }
}
