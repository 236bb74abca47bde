//! `loader` in a policy for some workloads only, or on a kernel that cannot do it.

use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LOADER, check);

/// The oldest kernel that reports build ids of mappings in the way that Tetragon uses.
const BUILD_IDS: (u32, u32) = (5, 19);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let Some(span) = policy.loader else { return };
    let selector = policy.workloads.pods.as_ref().or(policy.workloads.containers.as_ref());
    let place = selector.map(|one| one.span).or(policy.workloads.hosts);
    let place = place.or(policy.namespace.as_ref().map(|namespace| namespace.span));
    if let Some(place) = place {
        findings.add(
            Finding::at(span, "`loader` reports the mappings of every process")
                .label("cannot be restricted to workloads")
                .also(place, "restricted here")
                .help("put `loader` into a policy of its own".to_owned())
                .note(says("loader sensor does not implement policy filtering")),
        );
    }
    if subject.target.kernel.version().is_some_and(|version| version < BUILD_IDS) {
        findings.add_here(
            Finding::at(span, "this kernel does not report mappings with build ids")
                .label("needs 5.19")
                .inferred()
                .note(says("loader event are not supported on running kernel")),
        );
    }
}
