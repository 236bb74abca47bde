//! The sixth argument of a raw tracepoint, of which Tetragon reads five.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::filter::{index_of, index_span};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_RAW_ARGUMENT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        if section(hook) != Section::RawTracepoint {
            continue;
        }
        for argument in hook.arguments.iter().filter(|one| index_of(one) == Some(5)) {
            findings.add(
                Finding::at(
                    index_span(argument),
                    "Tetragon reads five arguments of a raw tracepoint",
                )
                .label("reads what stands behind them")
                .help("the largest index is 4".to_owned()),
            );
        }
    }
}
