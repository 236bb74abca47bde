//! A hook reads more arguments than Tetragon has room for.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::ARGUMENTS;
use crate::policy::{Argument, Hook};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TOO_MANY_ARGUMENTS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let late = match section(hook) {
            // These crash the agent, which is another code.
            Section::Lsm | Section::Uprobe => continue,
            Section::Tracepoint | Section::RawTracepoint => "it does so when it loads the programs",
            Section::Kprobe | Section::Fentry | Section::Usdt => "it does so before it loads them",
        };
        if let Some((extra, count)) = extra(hook) {
            let most = ARGUMENTS.large.number();
            findings.add(
                Finding::at(extra.span, format!("a hook can read {most} arguments, not {count}"))
                    .label("too many from here on")
                    .help("leave out what no condition needs".to_owned())
                    .note(format!("Tetragon counts `args` and `data` together; {late}")),
            );
        }
    }
}

/// The first argument that is too much, and how many there are.
pub(super) fn extra(hook: &Hook) -> Option<(&Argument, usize)> {
    let count = hook.arguments.len() + hook.data.len();
    let extra = hook.arguments.iter().chain(&hook.data).nth(ARGUMENTS.large.number())?;
    Some((extra, count))
}
