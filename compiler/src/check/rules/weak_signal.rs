//! A signal that leaves the process running.

use super::{Findings, Rule, code};
use crate::check::facts::selectors;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Policy};

pub(super) const RULE: Rule = Rule { code: &code::WEAK_SIGNAL, check };

/// `SIGKILL` and `SIGSTOP`, which a process can neither catch nor block (signal(7)).
const CERTAIN: [u32; 2] = [9, 19];

/// `SIGCHLD`, `SIGCONT`, `SIGURG` and `SIGWINCH`, which do nothing unless a process asks for them.
const IGNORED: [u32; 4] = [17, 18, 23, 28];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, selector) in selectors(policy) {
        for action in &selector.actions {
            let Action::Signal { number, .. } = action else { continue };
            if CERTAIN.contains(number) {
                continue;
            }
            let why = if IGNORED.contains(number) {
                "ignored unless the process asks for it"
            } else {
                "the process can catch, block or ignore it"
            };
            findings.add(
                Finding::at(action.span(), format!("signal {number} need not end the process"))
                    .label(why)
                    .help("to stop the process whatever it does, write `Sigkill`".to_owned()),
            );
        }
    }
}
