//! The kernel runs no BPF programs at LSM hooks.

use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code};
use crate::kernel::{Answer, Feature};
use crate::policy::Point;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LSM_UNAVAILABLE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let hooks: Vec<_> = subject
        .policy
        .hooks
        .iter()
        .filter_map(|hook| match &hook.point {
            Point::Lsm(name) => Some(name),
            _ => None,
        })
        .collect();
    let Some(first) = hooks.first() else { return };
    let target = &subject.target;
    let answer = target
        .newer(Feature::ProgramType("lsm"))
        .and(|| target.kernel.has(Feature::Config("CONFIG_BPF_LSM")))
        .and(|| target.kernel.lsm_active("bpf"));
    let finding = Finding::at(first.span, "this kernel runs no programs at LSM hooks")
        .label("`bpf` is not among its LSMs")
        .help("boot it with `bpf` in the `lsm=` parameter".to_owned())
        .note(says("does you kernel support the bpf LSM?"))
        .note(format!("it is so since {}", answer.because()));
    match answer {
        Answer::Absent(_) => findings.add_here(finding),
        Answer::Unknown(_) => findings.add_here(finding.unknown()),
        Answer::Present(_) => {}
    }
}
