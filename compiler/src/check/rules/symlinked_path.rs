//! A path goes through a symbolic link, which the kernel has resolved before it is compared.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{paths, tests};
use crate::diagnostic::{Finding, Fix};
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::SYMLINKED_PATH, check };

/// Links that most distributions have, and where they lead: merged `/usr` and `/run`
/// (file-hierarchy(7)).
const LINKS: &[(&str, &str)] = &[
    ("/bin/", "/usr/bin/"),
    ("/sbin/", "/usr/sbin/"),
    ("/lib/", "/usr/lib/"),
    ("/lib64/", "/usr/lib64/"),
    ("/var/run/", "/run/"),
    ("/var/lock/", "/run/lock/"),
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        let Some(set) = paths(hook, test) else { continue };
        let index = set.index();
        for pattern in &set.patterns {
            let Some(target) = target(&pattern.pattern) else { continue };
            // The set has the path under its real name as well.
            if index.has(&target) {
                continue;
            }
            let text = pattern.pattern.text();
            findings.add(
                Finding::at(pattern.span, format!("`{text}` goes through a symbolic link"))
                    .inferred()
                    .label(format!("most systems call it `{target}`"))
                    .help(format!("name `{target}` too"))
                    .note("paths are compared as the kernel has them, with links resolved")
                    .fix(Fix::not_safe(format!("write `{target}`")).rewrite(pattern.span, target)),
            );
        }
    }
}

/// Where a path leads on a system with these links; also that of a prefix which is a link itself.
fn target(pattern: &Pattern) -> Option<String> {
    let text = match pattern {
        Pattern::Equal(text) => text.clone(),
        Pattern::Prefix(text) if text.ends_with('/') => text.clone(),
        Pattern::Prefix(text) => format!("{text}/"),
        Pattern::Postfix(_) => return None,
    };
    let (link, target) = LINKS.iter().find(|(link, _)| text.starts_with(link))?;
    let written = pattern.text().len();
    let target = format!("{target}{}", text.strip_prefix(link)?);
    // The slash that was added for the comparison is taken away again.
    Some(if written < text.len() { target.trim_end_matches('/').to_owned() } else { target })
}
