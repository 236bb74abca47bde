//! A policy names a process by a number that the next start changes.

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::FIXED_PID, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let Question::Pid { pids, .. } = &test.question else { continue };
        // 0 is the idle process and 1 is init, on every start.
        let Some(pid) = pids.iter().find(|&&pid| pid > 1) else { continue };
        findings.add(
            Finding::at(test.span, format!("process {pid} is another one after the next start"))
                .label("process ids are given out anew")
                .help("name the program with `matchBinaries`".to_owned()),
        );
    }
}
