//! A selector asks for an event and forbids it.

use super::{Findings, Rule, code};
use crate::check::facts::selectors;
use crate::diagnostic::Finding;
use crate::resolved::{Action, Policy};

pub(super) const RULE: Rule = Rule { code: &code::CONTRADICTING_POSTS, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, selector) in selectors(policy) {
        let actions = &selector.actions;
        let post = actions.iter().find(|action| matches!(action, Action::Post { .. }));
        let silent = actions.iter().find(|action| matches!(action, Action::NoPost { .. }));
        let (Some(post), Some(silent)) = (post, silent) else { continue };
        findings.add(
            Finding::at(silent.span(), "a selector asks for an event and forbids it")
                .label("no event is sent")
                .also(post.span(), "asked for here")
                .help("leave out `Post` or `NoPost`".to_owned()),
        );
    }
}
