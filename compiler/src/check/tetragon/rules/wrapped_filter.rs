//! The selectors of a hook take more bytes than the kernel part of Tetragon can reach.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::size::bytes;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::{FILTER_BUFFER, FILTER_BYTES};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_WRAPPED_FILTER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = FILTER_BYTES.large.number();
    for hook in &subject.policy.hooks {
        let (entry, back) = bytes(subject.policy, hook, &subject.target);
        let size = entry.max(back);
        if size > most && size <= FILTER_BUFFER.large.number() {
            findings.add(
                Finding::at(hook.point.span(), "Tetragon reads these selectors wrongly")
                    .label(format!("they take {size} bytes, and {most} are within reach"))
                    .help("compare with fewer values, or split the hook".to_owned())
                    .note(
                        "its programs mask offsets with 0x3ff, so that the rest is read from the \
                           beginning again",
                    ),
            );
        }
    }
}
