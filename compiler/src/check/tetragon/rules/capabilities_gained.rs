//! `CapabilitiesGained` without two sets of capabilities.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::filter::{Lookup, Time, lookup};
use crate::check::tetragon::hooks::type_of;
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::Operator;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CAPABILITIES_GAINED, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        if filter.operator.value != Operator::CapabilitiesGained {
            continue;
        }
        let Some(old) = filter.old else {
            findings.add(
                Finding::at(filter.operator.span, "two sets of capabilities are compared")
                    .label("needs two arguments")
                    .help("name both: `args: [0, 1]`, the new set first".to_owned())
                    .note(says("CapabilitiesGained operator requires two args")),
            );
            continue;
        };
        let words = match lookup(filter.hook, old, Time::Entry) {
            Lookup::Found(argument) => {
                match type_of(filter.hook, argument, &subject.target).map(class) {
                    Some(Class::Capabilities) => continue,
                    Some(_) | None => {
                        "CapabilitiesGained operator requaries capability type arguments"
                    }
                }
            }
            _ => "failed to get second argument for CapabilitiesGained operator",
        };
        findings.add(
            Finding::at(old.span(), "this is no set of capabilities")
                .label("the old set")
                .note(says(words)),
        );
    }
}
