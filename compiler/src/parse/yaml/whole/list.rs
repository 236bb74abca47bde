//! Lists: whether each is named once, used, and can be generated as it says.

use super::{Completeness, Understood};
use crate::diagnostic::{Diagnostics, Finding, Fix, TetragonAnswer, code, did_you_mean};
use crate::parse::yaml::findings::{duplicate, shown};
use crate::policy::{List, ListKind, Policy};
use crate::source::{Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(policy: &Policy, understood: Understood, diagnostics: &mut Diagnostics) {
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for list in &policy.lists {
        let name = &list.name;
        let first = *places.entry(&name.value).or_insert(name.span);
        if first != name.span {
            // Tetragon takes the first (`pkg/sensors/tracing/lists_linux.go`).
            let fix =
                Fix::safe("remove the second one, which does not count").remove_item(list.span);
            duplicate(diagnostics, "the list", name, first, TetragonAnswer::Accepts, fix);
        }
        check_values(list, diagnostics);
        check_mark(list, diagnostics);
    }
    let used = policy.list_references();
    if understood.lists == Completeness::Whole {
        for name in used.iter().filter(|name| !places.contains_key(name.value)) {
            unknown(name, places.keys().copied(), diagnostics);
        }
    }
    if understood.hooks == Completeness::Partial {
        return;
    }
    let used: BTreeSet<&str> = used.iter().map(|name| name.value).collect();
    for list in policy.lists.iter().filter(|list| !used.contains(list.name.value.as_str())) {
        unused(&list.name, diagnostics);
    }
}

/// Whether the list says where its values come from, and in one way.
fn check_values(list: &List, diagnostics: &mut Diagnostics) {
    let name = shown(&list.name.value);
    let kind = list.kind.map(|kind| kind.value);
    let finding = match (kind, list.values.first(), &list.pattern) {
        (Some(ListKind::GeneratedSyscalls | ListKind::GeneratedFtrace), Some(value), _) => {
            Finding::at(value.span, format!("the list `{name}` is generated and has values"))
                .label("a value of its own")
                .help("remove `values`, or the `type`".to_owned())
                .tetragon(TetragonAnswer::Refuses)
        }
        (Some(ListKind::GeneratedFtrace), None, None) => {
            let place = list.kind.map_or(list.name.span, |kind| kind.span);
            Finding::at(place, format!("the list `{name}` has nothing to be generated from"))
                .label("`pattern` missing")
                .help("add `pattern:` with a regular expression".to_owned())
                .tetragon(TetragonAnswer::Refuses)
        }
        (None | Some(ListKind::Syscalls), None, _) => {
            Finding::at(list.name.span, format!("the list `{name}` has no values"))
                .label("an empty list")
                .help("add `values:`".to_owned())
                .note("Tetragon loads it; what names it hooks nothing")
                .tetragon(TetragonAnswer::Accepts)
        }
        (Some(_) | None, _, _) => return check_pattern(list, diagnostics),
    };
    diagnostics.add(&code::LIST_VALUES, finding);
}

/// Only one kind of list looks at a pattern.
fn check_pattern(list: &List, diagnostics: &mut Diagnostics) {
    let Some(pattern) = &list.pattern else { return };
    if list.kind.is_some_and(|kind| kind.value == ListKind::GeneratedFtrace) {
        return;
    }
    diagnostics.add(
        &code::IDLE_PATTERN,
        Finding::at(pattern.span, "this `pattern` is not looked at")
            .label("no effect here")
            .help("a list with `type: generated_ftrace` is generated from it".to_owned())
            .note("Tetragon ignores it without a word")
            .tetragon(TetragonAnswer::Accepts),
    );
}

/// Tetragon marks lists that it has checked itself, and trusts the mark from others too.
fn check_mark(list: &List, diagnostics: &mut Diagnostics) {
    let Some(mark) = list.validated else { return };
    diagnostics.add(
        &code::VALIDATED_LIST,
        Finding::at(mark, "`validated` is Tetragon's own mark")
            .label("keeps the values from being checked")
            .help("remove it".to_owned())
            .tetragon(TetragonAnswer::Accepts),
    );
}

fn unknown<'a>(
    name: &Spanned<&str>,
    known: impl Iterator<Item = &'a str>,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.add(
        &code::UNKNOWN_LIST,
        Finding::at(name.span, format!("the policy has no list `{}`", shown(name.value)))
            .label("no such list")
            .help(did_you_mean(name.value, known)),
    );
}

fn unused(name: &Spanned<String>, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::UNUSED_LIST,
        Finding::at(name.span, format!("nothing uses the list `{}`", shown(&name.value)))
            .label("never used")
            .help(format!("hook it with `call: \"list:{}\"`, or remove it", shown(&name.value)))
            .tetragon(TetragonAnswer::Accepts),
    );
}
