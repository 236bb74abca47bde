//! The selectors of a hook do not fit into Tetragon's buffer.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::size::bytes;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::FILTER_BUFFER;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CRASH_FILTER_SIZE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let most = FILTER_BUFFER.large.number();
    for hook in &subject.policy.hooks {
        let (entry, back) = bytes(subject.policy, hook, &subject.target);
        let size = entry.max(back);
        if size > most {
            findings.add(
                Finding::at(hook.point.span(), "Tetragon's agent crashes on these selectors")
                    .label(format!("they take {size} bytes, and {most} is the most"))
                    .help("compare with fewer values, or split the hook".to_owned())
                    .note("it writes them to an array without looking at its end"),
            );
        }
    }
}
