//! `refCtrOffsets` beside `addrs`.

use super::{Findings, Rule, Subject};
use crate::diagnostic::{Finding, code};
use crate::policy::Point;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CRASH_COUNTERS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let Point::Uprobe(uprobe) = &hook.point else { continue };
        let (counters, places) = (&uprobe.reference_counter_offsets, uprobe.addresses.len());
        let Some(first) = counters.first() else { continue };
        if places > counters.len() {
            findings.add(
                Finding::at(
                    first.span,
                    format!("{} counters for {places} addresses", counters.len()),
                )
                .label("needs one for each")
                .inferred()
                .note("Tetragon does not compare the two, and its agent reads behind the list"),
            );
        }
    }
}
