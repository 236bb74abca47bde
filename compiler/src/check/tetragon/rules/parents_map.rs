//! `matchParentBinaries`, which Tetragon refuses unless it was started for it.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::{Condition, Whose};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_PARENTS_MAP, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for condition in parts(subject.policy).flat_map(|part| part.conditions) {
        if let Condition::Binary { span, whose: Whose::Parent, .. } = condition {
            findings.add(
                Finding::at(*span, "Tetragon knows no parents unless it was started to")
                    .label("needs `--parents-map-enabled`")
                    .unknown()
                    .note("without it, Tetragon refuses the policy")
                    .note("with it, a process whose parent is not in the map passes the condition"),
            );
        }
    }
}
