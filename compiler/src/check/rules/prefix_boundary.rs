//! A prefix of a path ends in the middle of a name.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{paths, tests};
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::PREFIX_BOUNDARY, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        for pattern in paths(hook, test).iter().flat_map(|set| &set.patterns) {
            let Pattern::Prefix(text) = &pattern.pattern else { continue };
            // What ends with a dash or a dot was meant as the beginning of a name.
            if !text.ends_with(|last: char| last.is_ascii_alphanumeric()) {
                continue;
            }
            findings.add(
                Finding::at(pattern.span, "this prefix ends in the middle of a name")
                    .label(format!("matches `{text}-old` as well"))
                    .help(format!(
                        "write `{text}/` for what is in a directory, or compare with `Equal`"
                    )),
            );
        }
    }
}
