//! An address that Tetragon cannot ask.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_BAD_URL, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        for action in part.actions.iter().chain(&part.return_actions) {
            let (text, is_good) = match &action.kind {
                ActionKind::GetUrl { url: Some(url) } => (url, is_url(&url.value)),
                ActionKind::DnsLookup { name: Some(name) } => (name, is_name(&name.value)),
                _ => continue,
            };
            if !is_good {
                findings.add(
                    Finding::at(text.span, format!("nobody can be asked at `{}`", text.value))
                        .label("no address")
                        .note("Tetragon does not look at it before it is used"),
                );
            }
        }
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(' '))
}

fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    text.strip_suffix('.').unwrap_or(text).split('.').all(label)
}
