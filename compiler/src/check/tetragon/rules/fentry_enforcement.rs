//! An entry of `fentries` enforces something.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::is_enforcement;
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_FENTRY_ENFORCEMENT, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        if section(hook) != Section::Fentry {
            continue;
        }
        let actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
        for action in actions.filter(|action| is_enforcement(&action.kind)) {
            let name = action.kind.name();
            findings.add(
                Finding::at(action.span, format!("`fentries` cannot do `{name}`"))
                    .label("no enforcement here")
                    .help("move the hook to `kprobes`".to_owned())
                    .note(says("enforcement is not supported for fentry yet")),
            );
        }
    }
}
