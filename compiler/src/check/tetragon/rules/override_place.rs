//! `Override` on a function that is neither a system call nor a security hook.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, Symbol, section, symbols};
use crate::diagnostic::{Finding, code};
use crate::policy::{Action, ActionKind, CallKind, Hook};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_OVERRIDE_PLACE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let Some(action) = overriding(hook) else { continue };
        let other = symbols(subject.policy, hook, &subject.target)
            .into_iter()
            .find(|symbol| symbol.kind == CallKind::Function && !is_security(symbol));
        if let Some(symbol) = other {
            findings.add(
                Finding::at(action.span, format!("`{}` cannot be overridden", symbol.name))
                    .label("neither a system call nor a `security_` function")
                    .also(symbol.span, "the function")
                    .help("use `Sigkill`, or hook the system call or the LSM hook".to_owned())
                    .note(says(
                        "override action can be used only with syscalls and security_ hooks",
                    )),
            );
        }
    }
}

/// The first `Override` of a kprobe's `matchActions`; Tetragon looks nowhere else.
pub(super) fn overriding(hook: &Hook) -> Option<&Action> {
    let mut actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
    let is_kprobe = section(hook) == Section::Kprobe;
    actions.find(|action| is_kprobe && matches!(action.kind, ActionKind::Override { .. }))
}

pub(super) fn is_security(symbol: &Symbol) -> bool {
    symbol.name.starts_with("security_")
}
