//! A selector of an LSM hook asks for what Tetragon does only elsewhere.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::conditions;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LSM_SELECTOR, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (hook, selector) in subject.policy.selectors() {
        if section(hook) != Section::Lsm {
            continue;
        }
        if let Some(condition) = conditions(&selector.return_condition).first() {
            findings.add(
                Finding::at(condition.span(), "an LSM hook has no `matchReturnArgs`")
                    .label("nothing returns yet")
                    .note(says("MatchReturnArgs selector is not supported")),
            );
        }
        for action in &selector.actions {
            match &action.kind {
                ActionKind::Post { kernel_stack, user_stack, .. } => {
                    if let Some(span) = kernel_stack.or(*user_stack) {
                        findings.add(
                            Finding::at(span, "an LSM hook reports no stack traces")
                                .label("not here")
                                .help("hook the `security_` function with `kprobes`".to_owned())
                                .note(says("stacktrace actions are not supported")),
                        );
                    }
                }
                ActionKind::NoPost
                | ActionKind::Sigkill
                | ActionKind::Signal { .. }
                | ActionKind::Override { .. } => {}
                other => {
                    let name = other.name();
                    findings.add(
                        Finding::at(action.span, format!("an LSM hook cannot do `{name}`"))
                            .label("not here")
                            .help(
                                "it can do `Post`, `NoPost`, `Sigkill`, `Signal` and `Override`"
                                    .to_owned(),
                            )
                            .note(says(&format!("{name} action is not supported"))),
                    );
                }
            }
        }
    }
}
