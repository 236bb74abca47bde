//! A selector does the same twice.

use super::{Findings, Rule, code};
use crate::check::facts::selectors;
use crate::diagnostic::{Finding, Fix};
use crate::resolved::{Action, Policy};

pub(super) const RULE: Rule = Rule { code: &code::REPEATED_ACTION, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, selector) in selectors(policy) {
        for (at, action) in selector.actions.iter().enumerate() {
            let before = selector.actions.iter().take(at).find(|before| same(before, action));
            let Some(before) = before else { continue };
            findings.add(
                Finding::at(action.span(), "a selector does the same twice")
                    .label("again here")
                    .also(before.span(), "first here")
                    .help("leave one of them out".to_owned())
                    .fix(fix(action)),
            );
        }
    }
}

/// Leaves the second one out. What it says beside, as how often events are sent, is lost.
fn fix(second: &Action) -> Fix {
    let title = "remove the second one";
    let fix = match second {
        Action::NoPost { .. } | Action::Signal { .. } => Fix::safe(title),
        Action::Post { .. }
        | Action::Override { .. }
        | Action::Redirect { .. }
        | Action::GetUrl { .. }
        | Action::DnsLookup { .. }
        | Action::TrackSock { .. }
        | Action::UntrackSock { .. }
        | Action::NotifyEnforcer { .. }
        | Action::CleanupEnforcerNotification { .. }
        | Action::Set { .. } => Fix::not_safe(title),
    };
    fix.remove_item(second.span())
}

fn same(left: &Action, right: &Action) -> bool {
    match (left, right) {
        (Action::Post { .. }, Action::Post { .. })
        | (Action::NoPost { .. }, Action::NoPost { .. })
        | (Action::Override { .. }, Action::Override { .. }) => true,
        (Action::Signal { number: left, .. }, Action::Signal { number: right, .. }) => {
            left == right
        }
        _ => false,
    }
}
