//! More than one question of a sort about the process, of which Tetragon asks the first.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::Condition;
use crate::source::Span;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SEVERAL_PROCESS_FILTERS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        let places = |wanted: fn(&Condition) -> bool| -> Vec<Span> {
            let own = part.conditions.iter().filter(|one| wanted(one));
            own.map(|one| one.span()).collect()
        };
        let sorts = [
            ("matchPIDs", places(|one| matches!(one, Condition::Pid { .. })), WRONG),
            ("matchCapabilities", places(|one| matches!(one, Condition::Capability { .. })), WRONG),
            (
                "matchCapabilityChanges",
                places(|one| matches!(one, Condition::CapabilityChange { .. })),
                "it ignores the others",
            ),
        ];
        for (key, places, then) in sorts {
            let [first, second, ..] = places.as_slice() else { continue };
            findings.add(
                Finding::at(*second, format!("Tetragon asks only the first entry of `{key}`"))
                    .label("not asked")
                    .also(*first, "asked")
                    .help("join the values, or use another selector".to_owned())
                    .note(then),
            );
        }
    }
}

const WRONG: &str = "it reads what comes behind the first entry as something else";
