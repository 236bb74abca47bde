//! `sizeArgIndex` is beyond what Tetragon can write down.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::filter::size_of;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::SIZE_ARGUMENT_INDEX;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_SIZE_ARGUMENT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        for size in hook.arguments.iter().filter_map(size_of) {
            if size.value as usize > SIZE_ARGUMENT_INDEX.large.number() {
                findings.add(
                    Finding::at(size.span, format!("`sizeArgIndex` cannot be {}", size.value))
                        .label("too large")
                        .help("it is counted from 1: the first argument is 1".to_owned())
                        .note(says(&format!("invalid SizeArgIndex value (>15): {}", size.value))),
                );
            }
        }
    }
}
