//! The kernel has no tracepoint of this name.

use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code, did_you_mean};
use crate::kernel::{Answer, Feature};
use crate::policy::Point;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_TRACEPOINT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let (Point::Tracepoint { subsystem, event } | Point::RawTracepoint { subsystem, event }) =
            &hook.point
        else {
            continue;
        };
        if let Some(empty) = [subsystem, event].into_iter().find(|name| name.value.is_empty()) {
            findings.add(
                Finding::at(empty.span, "a tracepoint has no empty name")
                    .label("empty")
                    .note(says("tracepoint subsystem is empty")),
            );
            continue;
        }
        let raw = matches!(hook.point, Point::RawTracepoint { .. });
        let kernel = subject.target.kernel;
        let answer = if raw {
            kernel.has(Feature::RawTracepoint(&event.value))
        } else {
            kernel.has(Feature::Tracepoint(&subsystem.value, &event.value))
        };
        if answer.is_present() {
            continue;
        }
        let name = format!("{}/{}", subsystem.value, event.value);
        let known: Vec<String> =
            kernel.tracepoints().map(|(one, other)| format!("{one}/{other}")).collect();
        let words = if raw {
            "Tetragon takes the policy, and fails when it attaches the program".to_owned()
        } else {
            says(&format!("tracepoint {name} not supported"))
        };
        let finding = Finding::at(event.span, format!("there is no tracepoint `{name}`"))
            .label("not on this kernel")
            .help(did_you_mean(&name, known.iter().map(String::as_str)))
            .note(words);
        match answer {
            Answer::Absent(_) => findings.add_here(finding),
            Answer::Unknown(_) => findings.add_here(finding.unknown()),
            Answer::Present(_) => {}
        }
    }
}
