//! `Set` writes to an argument that the probe does not have.

use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, Point};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_USDT_SET, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (hook, selector) in subject.policy.selectors() {
        let Point::Usdt { provider, name, .. } = &hook.point else { continue };
        let count = hook.arguments.len();
        for action in &selector.actions {
            let ActionKind::Set { argument: Some(argument), .. } = &action.kind else { continue };
            let place = argument.value as usize;
            if place < count {
                continue;
            }
            // The check is off by one, and what follows reads behind the list.
            let words = if place == count {
                "Tetragon checks this one too late, and reads behind its list".to_owned()
            } else {
                says(&format!(
                    "failed to configure usdt '{}/{}', set action argument spec index {place} out \
                     of bounds",
                    provider.value, name.value
                ))
            };
            findings.add(
                Finding::at(argument.span, format!("the hook has no argument {place} in its list"))
                    .label(format!("`args` has {count}"))
                    .help("`argIndex` is the place in `args`, counted from 0".to_owned())
                    .note(words),
            );
        }
    }
}
