//! An enforcer names what it cannot act on.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{is_syscalls, list};
use crate::diagnostic::{Finding, code};
use crate::kernel::Feature;
use crate::policy::{OverrideMethod, Setting};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_ENFORCER_CALL, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let enforcers = &subject.policy.enforcers;
    if let (Some(first), Some(second)) = (enforcers.first(), enforcers.get(1)) {
        findings.add(
            Finding::at(second.span, "a policy can have one enforcer")
                .label("the second")
                .also(first.span, "the first")
                .help("join their `calls`".to_owned())
                .note(says("failed: we support only single enforcer sensor")),
        );
    }
    let mut security = None;
    for (name, span) in calls(subject) {
        let is_security = name.starts_with("security_");
        if is_security {
            security = Some(span);
        } else if !is_syscall(subject, &name) {
            findings.add(
                Finding::at(span, format!("an enforcer cannot act on `{name}`"))
                    .label("neither a system call nor a `security_` function")
                    .help(format!("write `sys_{name}` for the system call"))
                    .note(says(&format!(
                        "enforcer sensor requires either syscall or security_ functions and symbol \
                         '{name}' appears to be neither"
                    ))),
            );
        }
    }
    if let Some(first) = enforcers.first() {
        methods(subject, first.span, security, findings);
    }
}

/// The functions that the enforcers name, those of lists included.
fn calls(subject: &Subject<'_>) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for call in subject.policy.enforcers.iter().flat_map(|enforcer| &enforcer.calls) {
        let Some(name) = call.value.strip_prefix("list:") else {
            found.push((call.value.clone(), call.span));
            continue;
        };
        let Some(list) = list(subject.policy, name).filter(|list| !is_syscalls(list)) else {
            continue;
        };
        found.extend(list.values.iter().map(|value| (value.value.clone(), value.span)));
    }
    found
}

fn is_syscall(subject: &Subject<'_>, name: &str) -> bool {
    let prefix = subject.target.kernel.syscall_prefix();
    let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
    bare.starts_with("sys_") || bare.starts_with(prefix.trim_end_matches("sys_"))
}

/// How the enforcer makes calls fail (`selectOverrideMethod`).
fn methods(
    subject: &Subject<'_>,
    place: Span,
    security: Option<Span>,
    findings: &mut Findings<'_>,
) {
    let target = &subject.target;
    let asked = subject.policy.options.iter().find_map(|option| match option.value {
        Setting::OverrideMethod(method) => Some((method, option.span)),
        Setting::DisableKprobeMulti(_)
        | Setting::DisableUprobeMulti(_)
        | Setting::SleepablePreloadSize(_) => None,
    });
    let signal = target.newer(Feature::Helper("bpf_send_signal"));
    let (helper, modify) = (target.override_return(), target.modify_return());
    let (span, words) = match asked {
        _ if signal.is_absent() => {
            (place, "enforcer sensor requires signal helper which is not available")
        }
        Some((OverrideMethod::OverrideReturn, span)) if security.is_some() => {
            (span, "enforcer: can't override security function with override-return")
        }
        Some((OverrideMethod::OverrideReturn, span)) if helper.is_absent() => {
            (span, "option override return set, but it is not supported")
        }
        Some((OverrideMethod::ModifyReturn, span)) if modify.is_absent() => {
            (span, "option fmod_ret set, but it is not supported")
        }
        None if helper.is_absent() && modify.is_absent() => {
            (place, "no override helper or mod_ret support: cannot load enforcer")
        }
        Some(_) | None => return,
    };
    findings.add_here(
        Finding::at(span, "the enforcer cannot make these calls fail on this kernel")
            .label("not supported")
            .note(says(words)),
    );
}
