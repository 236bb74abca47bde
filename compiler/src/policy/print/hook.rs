//! Hooks and rules as text.

use super::action::actions;
use super::argument::{argument, declared};
use super::condition::condition;
use super::described;
use super::point::point;
use super::text::{Printer, quoted};
use crate::policy::{Hook, Selector, TrackAction};

/// A hook. Its message and tags are left out where the policy has them for all.
pub(super) fn hook(hook: &Hook, is_described: bool, printer: &mut Printer) {
    let returned = hook
        .return_argument
        .as_ref()
        .map_or(String::new(), |one| format!(" -> {}", argument(one, None)));
    let then = match hook.return_action.map(|action| action.value) {
        Some(TrackAction::Track) => " then track",
        Some(TrackAction::Untrack) => " then untrack",
        None => "",
    };
    let ignore = if hook.ignore_missing.is_some() { " ignore missing" } else { "" };
    let header =
        format!("on {}({}){returned}{then}{ignore}", point(&hook.point), declared(hook).join(", "));
    let has_own_words = is_described && (hook.message.is_some() || !hook.tags.is_empty());
    if hook.selectors.is_empty() && !has_own_words {
        return printer.line(&header);
    }
    printer.line(&format!("{header} {{"));
    printer.indent();
    if is_described {
        described(hook, printer);
    }
    for one in &hook.selectors {
        let head = condition(one).map_or("otherwise".to_owned(), |asked| format!("when {asked}"));
        printer.line(&format!("{}{head}{}", label(one), outcome(one)));
    }
    printer.outdent();
    printer.line("}");
}

/// `rule "name" `
pub(super) fn label(selector: &Selector) -> String {
    let label = selector.label.as_ref();
    label.map_or(String::new(), |label| format!("rule {} ", quoted(&label.value)))
}

/// What happens when a rule holds.
pub(super) fn outcome(selector: &Selector) -> String {
    let mut out = String::new();
    if !selector.actions.is_empty() {
        out = format!(" => {}", actions(&selector.actions));
    }
    if !selector.return_actions.is_empty() {
        out = format!("{out} returning => {}", actions(&selector.return_actions));
    }
    out
}
