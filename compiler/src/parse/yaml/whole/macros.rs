//! Macros: whether each exists, is used, and says what a macro can say.

use super::{Completeness, Understood};
use crate::diagnostic::{Diagnostics, Finding, TetragonAnswer, code, did_you_mean};
use crate::parse::yaml::findings::shown;
use crate::policy::{ArgumentReference, Condition, Expression, Macro, Policy, Selector, Whose};
use crate::source::{Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(policy: &Policy, understood: Understood, diagnostics: &mut Diagnostics) {
    let known: BTreeMap<&str, &Macro> =
        policy.macros.iter().map(|one| (one.name.value.as_str(), one)).collect();
    let mut used = BTreeSet::new();
    for (_, selector) in policy.selectors() {
        let mut said: BTreeMap<&str, Span> = parts(selector).collect();
        for name in &selector.macros {
            used.insert(name.value.as_str());
            match known.get(name.value.as_str()) {
                Some(one) => check_use(name, one, &mut said, diagnostics),
                // What was not understood of a macro was reported, and it may be this one.
                None if understood.macros == Completeness::Whole => {
                    unknown(name, known.keys().copied(), diagnostics);
                }
                None => {}
            }
        }
    }
    for one in &policy.macros {
        check_definition(one, diagnostics);
        if understood.hooks == Completeness::Whole && !used.contains(one.name.value.as_str()) {
            unused(&one.name, diagnostics);
        }
    }
}

/// A selector and its macros may not say the same key twice (`pkg/sensors/tracing/generic.go`).
fn check_use<'a>(
    name: &Spanned<String>,
    used: &'a Macro,
    said: &mut BTreeMap<&'a str, Span>,
    diagnostics: &mut Diagnostics,
) {
    let own: BTreeMap<&str, Span> = parts(&used.selector).collect();
    let twice = own.iter().find_map(|(key, _)| Some((*key, *said.get(key)?)));
    if let Some((key, first)) = twice {
        diagnostics.add(
            &code::MACRO_CONFLICT,
            Finding::at(name.span, format!("`{key}` stands in this macro and elsewhere"))
                .label("says it again")
                .also(first, "says it already")
                .help("keep one of them, or make the macro smaller".to_owned()),
        );
    }
    for key in own.into_keys() {
        said.entry(key).or_insert(name.span);
    }
}

/// The keys under which a selector says something, and where.
fn parts(selector: &Selector) -> impl Iterator<Item = (&'static str, Span)> {
    let at_entry = tests(&selector.condition).map(|one| (key(one), one.span()));
    let at_return = tests(&selector.return_condition).map(|one| ("matchReturnArgs", one.span()));
    let actions = selector.actions.iter().map(|one| ("matchActions", one.span));
    let back = selector.return_actions.iter().map(|one| ("matchReturnActions", one.span));
    let all = at_entry.chain(at_return).chain(actions).chain(back);
    // Tetragon leaves this key of a macro out, so that it meets no other.
    all.filter(|(key, _)| *key != "matchWorkloads")
}

fn tests(expression: &Expression) -> impl Iterator<Item = &Condition> {
    let parts = match expression {
        Expression::All(parts) => parts.as_slice(),
        Expression::Any(_) | Expression::Not(_) | Expression::Test(_) => &[],
    };
    parts.iter().filter_map(|part| match part {
        Expression::Test(condition) => Some(condition),
        Expression::All(_) | Expression::Any(_) | Expression::Not(_) => None,
    })
}

/// The key under which a condition is written.
fn key(condition: &Condition) -> &'static str {
    let about = |argument: &ArgumentReference| match argument {
        ArgumentReference::Data(_) => "matchData",
        ArgumentReference::Index(_)
        | ArgumentReference::Place(_)
        | ArgumentReference::Name { .. } => "matchArgs",
    };
    match condition {
        Condition::Argument { argument, .. } | Condition::Cel { argument, .. } => about(argument),
        Condition::CapabilitiesGained { new, .. } => about(new),
        Condition::Binary { whose: Whose::Process, .. } => "matchBinaries",
        Condition::Binary { whose: Whose::Parent, .. } => "matchParentBinaries",
        Condition::Pid { .. } => "matchPIDs",
        Condition::Namespace { .. } => "matchNamespaces",
        Condition::NamespaceChange { .. } => "matchNamespaceChanges",
        Condition::Capability { .. } => "matchCapabilities",
        Condition::CapabilityChange { .. } => "matchCapabilityChanges",
        Condition::Workload { .. } => "matchWorkloads",
    }
}

/// Macros do not use macros, so there are no circles to go round in.
fn check_definition(one: &Macro, diagnostics: &mut Diagnostics) {
    if let Some(inner) = one.selector.macros.first() {
        diagnostics.add(
            &code::NESTED_MACRO,
            Finding::at(inner.span, "a macro cannot use other macros")
                .label("used inside a macro")
                .help("name both macros in the selector that uses this one".to_owned()),
        );
    }
    for condition in tests(&one.selector.condition).filter(|one| key(one) == "matchWorkloads") {
        diagnostics.add(
            &code::MACRO_WORKLOADS,
            Finding::at(condition.span(), "`matchWorkloads` of a macro is left out")
                .label("no effect here")
                .help("write it in the selectors that use the macro".to_owned())
                .note("Tetragon leaves it out without a word, and the selector matches everywhere")
                .tetragon(TetragonAnswer::Accepts),
        );
    }
}

fn unknown<'a>(
    name: &Spanned<String>,
    known: impl Iterator<Item = &'a str>,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.add(
        &code::UNKNOWN_MACRO,
        Finding::at(name.span, format!("the policy has no macro `{}`", shown(&name.value)))
            .label("no such macro")
            .help(did_you_mean(&name.value, known)),
    );
}

fn unused(name: &Spanned<String>, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::UNUSED_MACRO,
        Finding::at(name.span, format!("no selector uses the macro `{}`", shown(&name.value)))
            .label("never used")
            .help(format!("name it in a selector: `macros: [{}]`", shown(&name.value)))
            .tetragon(TetragonAnswer::Accepts),
    );
}
