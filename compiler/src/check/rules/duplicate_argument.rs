//! A hook reads the same argument twice.

use super::{Findings, Rule, code};
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Reader};

pub(super) const RULE: Rule = Rule { code: &code::DUPLICATE_ARGUMENT, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for hook in policy.views() {
        for (at, argument) in hook.arguments.iter().enumerate() {
            let before = hook.arguments.iter().take(at).find(|before| {
                before.origin == argument.origin
                    && before.walk == argument.walk
                    && before.reader != Reader::Nothing
            });
            let Some(before) = before else { continue };
            findings.add(
                Finding::at(argument.span, "the hook reads this argument twice")
                    .label("conditions by index mean the first one")
                    .also(before.span, "first read here")
                    .help("leave one of them out".to_owned()),
            );
        }
    }
}
