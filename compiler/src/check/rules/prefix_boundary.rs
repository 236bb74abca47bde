//! A prefix of a path ends in the middle of a name.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{paths, tests};
use crate::diagnostic::{Finding, Fix};
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::PREFIX_BOUNDARY, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        let patterns = paths(hook, test).map_or(&[][..], |set| &set.patterns);
        let open: Vec<_> = patterns
            .iter()
            .filter_map(|pattern| Some((pattern.span, open_prefix(&pattern.pattern)?)))
            .collect();
        let Some(((span, text), others)) = open.split_first() else { continue };
        let mut finding = Finding::at(*span, "this prefix ends in the middle of a name")
            .inferred()
            .label(format!("matches `{text}-old` as well"))
            .help(format!("write `{text}/` for what is in a directory, or compare with `Equal`"));
        for (span, text) in others {
            finding = finding.also(*span, format!("matches `{text}-old` as well"));
        }
        // The path of a file is a prefix too, and has nothing below it.
        let fix = Fix::not_safe("end each prefix with `/`");
        findings.add(finding.fix(
            open.iter().fold(fix, |fix, (span, text)| fix.rewrite(*span, format!("{text}/"))),
        ));
    }
}

/// A prefix after which the name can go on. What ends with a dash or a dot was meant as the
/// beginning of a name.
fn open_prefix(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::Prefix(text) => {
            text.ends_with(|last: char| last.is_ascii_alphanumeric()).then_some(text.as_str())
        }
        Pattern::Equal(_) | Pattern::Postfix(_) => None,
    }
}
