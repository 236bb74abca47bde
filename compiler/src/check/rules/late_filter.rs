//! A hot hook has no condition that rules most hits out at once.

use super::{Findings, Rule, code};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::kernel::Rate;
use crate::resolved::{Expression, Policy, Question, Sense, Test};

pub(super) const RULE: Rule = Rule { code: &code::LATE_FILTER, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    let workloads = &policy.workloads;
    if policy.namespace.is_some() || workloads.pods.is_some() || workloads.containers.is_some() {
        return;
    }
    let kernel = findings.kernel();
    for hook in &policy.hooks {
        let Some(rate) = place::rate(hook, kernel).filter(|rate| Rate::is_hot(*rate)) else {
            continue;
        };
        let late = hook.selectors.iter().find_map(|selector| late(&selector.condition));
        let Some((test, what)) = late else { continue };
        let processes =
            "or which processes, with `matchBinaries`, `matchPIDs` or `matchNamespaces`";
        let help = match rate.told_by {
            Some(number) => format!("say beside it which hits matter: {number}; {processes}"),
            None => {
                format!("say beside it which hits matter, by a number of the hook, {processes}")
            }
        };
        findings.add(
            Finding::at(test.span, "nothing that costs little rules most hits out")
                .inferred()
                .label(what)
                .also(hook.point_span, "at each hit of this hook")
                .help(help),
        );
    }
}

/// The first test that costs much, and what it takes, if no test that costs little has to hold beside
/// it.
fn late(condition: &Expression) -> Option<(&Test, &'static str)> {
    if is_filtered(condition) {
        return None;
    }
    condition.tests().into_iter().find_map(|test| match weight(test) {
        Weight::Little => None,
        Weight::Much(what) => Some((test, what)),
    })
}

/// Whether a test for something that costs little must hold.
fn is_filtered(condition: &Expression) -> bool {
    match condition {
        Expression::All(parts) => parts.iter().any(is_filtered),
        Expression::Any(parts) => parts.iter().all(is_filtered),
        Expression::Not(_) => false,
        Expression::Test(test) => test.sense == Sense::Is && weight(test) == Weight::Little,
    }
}

/// What a test takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// A number, or a look at the process.
    Little,
    /// Something is read that must be looked for, as these words say.
    Much(&'static str),
}

fn weight(test: &Test) -> Weight {
    match test.question {
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Pid { .. }
        | Question::Binary { .. }
        | Question::Lineage { .. }
        | Question::Namespace { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::CapabilitiesGained { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => Weight::Little,
        Question::Text { .. } | Question::Substring { .. } => {
            Weight::Much("the text is read and compared")
        }
        Question::FileType { .. } => Weight::Much("the file is looked at"),
        Question::Address { .. } | Question::Socket { .. } => {
            Weight::Much("the connection is read")
        }
    }
}
