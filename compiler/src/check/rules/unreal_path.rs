//! A path is written in a way in which the kernel never writes paths.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{paths, tests};
use crate::diagnostic::{Finding, Fix};
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::UNREAL_PATH, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        for pattern in paths(hook, test).iter().flat_map(|set| &set.patterns) {
            let Some(why) = unreal(&pattern.pattern) else { continue };
            let text = pattern.pattern.text();
            findings.add(
                Finding::at(pattern.span, format!("no file has the path `{text}`"))
                    .label(why)
                    .help("write the path as `readlink -f` prints it".to_owned())
                    .fix(real(&pattern.pattern).map(|real| {
                        Fix::safe(format!("write `{real}`")).rewrite(pattern.span, real)
                    })),
            );
        }
    }
}

/// The same path with single slashes and without `.`, when nothing else is wrong with it.
fn real(pattern: &Pattern) -> Option<String> {
    let mut real = pattern.text().to_owned();
    for (written, meant) in [("/./", "/"), ("//", "/")] {
        while real.contains(written) {
            real = real.replace(written, meant);
        }
    }
    let is_real = unreal(&match pattern {
        Pattern::Equal(_) => Pattern::Equal(real.clone()),
        Pattern::Prefix(_) => Pattern::Prefix(real.clone()),
        Pattern::Postfix(_) => Pattern::Postfix(real.clone()),
    });
    (real != pattern.text() && is_real.is_none()).then_some(real)
}

/// Why the kernel never writes a path like this. `d_path` writes from the root, with single
/// slashes, and neither `.` nor `..`.
fn unreal(pattern: &Pattern) -> Option<&'static str> {
    let text = pattern.text();
    let from_root = match pattern {
        Pattern::Equal(_) | Pattern::Prefix(_) => true,
        Pattern::Postfix(_) => false,
    };
    if from_root && !text.starts_with('/') {
        Some("paths begin with `/`")
    } else if text.contains("//") {
        Some("paths have single slashes")
    } else if text.contains("/./") || text.contains("/../") {
        Some("paths are compared without `.` and `..`")
    } else if text.starts_with("/proc/self/") && from_root {
        Some("`self` is resolved to a number before it is compared")
    } else if text.len() > 1 && text.ends_with('/') && !matches!(pattern, Pattern::Prefix(_)) {
        Some("paths do not end with `/`")
    } else {
        None
    }
}
