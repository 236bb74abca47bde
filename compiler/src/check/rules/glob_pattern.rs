//! A value looks like a shell pattern, but values are compared letter by letter.

use super::{Findings, Rule, code};
use crate::check::facts::compared_texts;
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::GLOB_PATTERN, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for text in compared_texts(policy) {
        let Some(wildcard) = wildcard(text.pattern.text()) else { continue };
        findings.add(
            Finding::at(text.span, format!("`{wildcard}` stands for itself here"))
                .inferred()
                .label("compared letter by letter")
                .help("use `Prefix` or `Postfix` with what stands before or behind it".to_owned()),
        );
    }
}

/// What a shell would match other names with. The kernel itself writes `pipe:[1234]`.
fn wildcard(text: &str) -> Option<&'static str> {
    let has_set = || {
        text.split_once('[')
            .is_some_and(|(before, rest)| !before.ends_with(':') && rest.contains(']'))
    };
    if text.contains('*') {
        Some("*")
    } else if text.starts_with('/') && text.contains('?') {
        Some("?")
    } else {
        (text.starts_with('/') && has_set()).then_some("[]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_kernel_makes_up_are_no_patterns() {
        for (text, expected) in [
            ("/etc/*.conf", Some("*")),
            ("/dev/sd?", Some("?")),
            ("/dev/sd[ab]", Some("[]")),
            ("/dev/sda[", None),
            ("pipe:[1234]", None),
            ("anon_inode:[eventpoll]", None),
            ("what?", None),
        ] {
            assert_eq!(wildcard(text), expected, "{text}");
        }
    }
}
