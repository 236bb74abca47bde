//! A uprobe or LSM hook with more arguments than Tetragon has room for.

use super::too_many_arguments::extra;
use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::ARGUMENTS;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CRASH_ARGUMENTS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        if !matches!(section(hook), Section::Uprobe | Section::Lsm) {
            continue;
        }
        if let Some((extra, count)) = extra(hook) {
            let most = ARGUMENTS.large.number();
            findings.add(
                Finding::at(extra.span, format!("Tetragon's agent crashes on argument {count}"))
                    .label(format!("a hook can read {most} arguments"))
                    .help("leave out what no condition needs".to_owned())
                    .note(says("panic: index out of range [5] with length 5")),
            );
        }
    }
}
