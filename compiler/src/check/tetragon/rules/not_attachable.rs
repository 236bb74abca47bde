//! The kernel has the function, and attaches nothing to it.

use super::unknown_call::is_described;
use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::{Section, section, symbols};
use crate::diagnostic::{Finding, code};
use crate::kernel::Feature;
use crate::policy::Point;
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_NOT_ATTACHABLE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let kernel = subject.target.kernel;
    for hook in &subject.policy.hooks {
        let section = section(hook);
        for symbol in symbols(subject.policy, hook, &subject.target) {
            if !is_described(subject, &symbol.name) {
                continue;
            }
            let answer = if section == Section::Fentry {
                kernel.has(Feature::Fentry(&symbol.name))
            } else {
                // Tetragon takes the first of several functions of one name.
                kernel.traceable(&symbol.name)
            };
            if answer.is_absent() {
                refuse(findings, symbol.span, &symbol.name, answer.because());
            }
        }
        if let Point::Lsm(name) = &hook.point
            && kernel.lsm_active("bpf").is_present()
        {
            let answer = kernel.has(Feature::Lsm(&name.value));
            if answer.is_absent() && is_described(subject, &format!("bpf_lsm_{}", name.value)) {
                refuse(findings, name.span, &name.value, answer.because());
            }
        }
    }
}

fn refuse(findings: &mut Findings<'_>, span: Span, name: &str, because: &str) {
    findings.add_here(
        Finding::at(span, format!("no program can be attached to `{name}`"))
            .label("not on this kernel")
            .inferred()
            .note(format!("it is so since {because}"))
            .note("Tetragon takes the policy, and fails when it attaches the program"),
    );
}
