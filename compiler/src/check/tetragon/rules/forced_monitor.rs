//! Enforcement that Tetragon does not see, so that it never happens.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::is_enforcement;
use crate::diagnostic::{Finding, code};
use crate::policy::{Action, Mode};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_FORCED_MONITOR, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let enforces = |action: &&Action| is_enforcement(&action.kind);
    let seen = policy
        .selectors()
        .flat_map(|(_, selector)| &selector.actions)
        .any(|action| enforces(&action));
    let monitors = policy.mode.is_some_and(|mode| mode.value == Mode::Monitor);
    if seen || monitors {
        return;
    }
    let back = policy
        .selectors()
        .filter(|(hook, _)| hook.return_argument.is_some())
        .flat_map(|(_, selector)| &selector.return_actions)
        .filter(enforces)
        .map(|action| (action, "`matchReturnActions`"));
    let used = |name: &str| {
        policy.selectors().any(|(_, selector)| selector.macros.iter().any(|one| one.value == name))
    };
    let macros = policy
        .macros
        .iter()
        .filter(|one| used(&one.name.value))
        .flat_map(|one| &one.selector.actions)
        .filter(enforces)
        .map(|action| (action, "macros"));
    for (action, place) in back.chain(macros) {
        let name = action.kind.name();
        findings.add(
            Finding::at(action.span, format!("Tetragon never carries out this `{name}`"))
                .label(format!("in {place}, and nowhere else"))
                .help("put an action that enforces into `matchActions` of a hook".to_owned())
                .note(
                    "it looks for enforcement in the hooks' `matchActions` only, finds none, and \
                       forces the mode `monitor_only`",
                ),
        );
    }
}
