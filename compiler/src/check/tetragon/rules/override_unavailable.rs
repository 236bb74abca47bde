//! The kernel lacks what `Override` needs.

use super::override_place::{is_security, overriding};
use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::symbols;
use crate::diagnostic::{Finding, code};
use crate::policy::CallKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_OVERRIDE_UNAVAILABLE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = &subject.target;
    for hook in &subject.policy.hooks {
        let Some(action) = overriding(hook) else { continue };
        let Some(symbol) = symbols(subject.policy, hook, target).into_iter().next() else {
            continue;
        };
        let (answer, words) = if symbol.kind == CallKind::Syscall {
            let words = "override action not supported on syscalls, bpf_override_return helper not \
                         available";
            (target.override_return(), words)
        } else if is_security(&symbol) {
            let words = "override action not supported on security_ hooks, fmod_ret not available";
            (target.modify_return(), words)
        } else {
            continue;
        };
        if answer.is_absent() {
            findings.add_here(
                Finding::at(action.span, "this kernel cannot make a call fail in this way")
                    .label("no `Override` here")
                    .help("use `Sigkill`, or an LSM hook where the kernel has BPF LSM".to_owned())
                    .note(format!("Tetragon finds this out by itself: {}", answer.because()))
                    .note(says(words)),
            );
        }
    }
}
