//! `Override` on a function whose return value the kernel does not let anyone replace.

use super::override_place::{is_security, overriding};
use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::symbols;
use crate::diagnostic::{Finding, code};
use crate::kernel::Feature;
use crate::policy::CallKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_NOT_INJECTABLE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = &subject.target;
    for hook in &subject.policy.hooks {
        let Some(action) = overriding(hook) else { continue };
        for symbol in symbols(subject.policy, hook, target) {
            let possible = target.kernel.function(&symbol.name).is_some();
            let (method, answer) = if symbol.kind == CallKind::Syscall {
                (target.override_return(), target.kernel.error_injectable(&symbol.name))
            } else if is_security(&symbol) && !target.kprobe_multi {
                (target.modify_return(), target.kernel.has(Feature::FmodRet(&symbol.name)))
            } else {
                continue;
            };
            if possible && method.is_present() && answer.is_absent() {
                findings.add_here(
                    Finding::at(
                        action.span,
                        format!("the kernel lets nobody override `{}`", symbol.name),
                    )
                    .label("its return value stays as it is")
                    .also(symbol.span, "the function")
                    .note(format!("it is so since {}", answer.because()))
                    .note("Tetragon takes the policy, and fails when it attaches the program"),
                );
            }
        }
    }
}
