//! A condition is about an argument that the hook does not read.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::{Filter, Lookup, index_of, lookup};
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_FILTER_ARGUMENT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        if let Some(finding) = finding(&filter) {
            findings.add(finding);
        }
    }
}

fn finding(filter: &Filter<'_>) -> Option<Finding> {
    match lookup(filter.hook, filter.about, filter.time) {
        Lookup::Found(_) | Lookup::Elsewhere => None,
        Lookup::NoSuchIndex(index) => {
            let indices: Vec<String> = filter
                .hook
                .arguments
                .iter()
                .filter_map(index_of)
                .map(|known| format!("`{known}`"))
                .collect();
            let help = if indices.is_empty() {
                "add the argument to the hook's `args`".to_owned()
            } else {
                format!(
                    "the hook reads {}; add it to `args`, or name one of them",
                    indices.join(", ")
                )
            };
            Some(
                Finding::at(index.span, format!("the hook reads no argument {}", index.value))
                    .label("not among `args`")
                    .help(help)
                    .note(says("argFilter for unknown index")),
            )
        }
        Lookup::NoSuchPlace { place, count } => Some(
            Finding::at(place.span, format!("`args` has no entry {}", place.value))
                .label(format!("the list has {count}, counted from 0"))
                .note(says(&format!("wrong ArgSelector.Arg value {}, max({count})", place.value))),
        ),
        Lookup::NoSuchData { place, count } => Some(
            Finding::at(place.span, format!("`data` has no entry {}", place.value))
                .label(format!("the list has {count}, counted from 0"))
                .note(says(&format!("matchData index out of bonds (0,{count})"))),
        ),
    }
}
