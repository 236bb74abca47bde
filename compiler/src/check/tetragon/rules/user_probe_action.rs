//! An action that Tetragon refuses at probes in programs.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_USER_PROBE_ACTION, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (hook, selector) in subject.policy.selectors() {
        if !matches!(section(hook), Section::Uprobe | Section::Usdt) {
            continue;
        }
        for action in &selector.actions {
            if matches!(action.kind, ActionKind::GetUrl { .. } | ActionKind::DnsLookup { .. }) {
                findings.add(
                    Finding::at(
                        action.span,
                        format!("`{}` does not go with programs' probes", action.kind.name()),
                    )
                    .label("not here")
                    .note(says("GetUrl and DnsLookup actions not supported")),
                );
            }
        }
        let registers: Vec<_> = selector
            .actions
            .iter()
            .filter(|action| {
                matches!(&action.kind, ActionKind::Override { replacement: Some(_), .. })
            })
            .collect();
        if let [first, second, ..] = registers.as_slice() {
            findings.add(
                Finding::at(second.span, "a selector can change registers once")
                    .label("again here")
                    .also(first.span, "first here")
                    .note(says("only single instance of regs action is allowed")),
            );
        }
    }
}
