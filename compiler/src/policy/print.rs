//! A policy as text of the Writ language, in its one style.
//!
//! Reading the text gives the same policy again, but for spans and for
//! [`Expression`](super::Expression)s that differ in form only (see [`Policy::without_spans`]). An
//! action that lacks what it needs is printed with what Tetragon takes instead: 0, or nothing.

mod action;
mod argument;
mod condition;
mod hook;
mod point;
mod setting;
mod text;
mod workload;

use super::{Hook, Mode, Policy};
use crate::source::Spanned;
pub use action::interval;
use text::{Printer, quoted};

/// The text of a policy. It ends with a newline.
pub fn print(policy: &Policy) -> String {
    let mut printer = Printer::default();
    let namespace = policy.namespace.as_ref();
    let namespace =
        namespace.map_or(String::new(), |name| format!(" in namespace {}", quoted(&name.value)));
    printer.line(&format!("policy {}{namespace} {{", quoted(&policy.name.value)));
    printer.indent();
    let shared = shared(&policy.hooks);
    if let Some(hook) = shared.filter(|hook| hook.message.is_some() || !hook.tags.is_empty()) {
        described(hook, &mut printer);
    }
    if let Some(mode) = policy.mode {
        let word = match mode.value {
            Mode::Enforce => "enforce",
            Mode::Monitor => "monitor",
        };
        printer.line(&format!("mode {word}"));
    }
    setting::settings(policy, &mut printer);
    for hook in &policy.hooks {
        printer.paragraph();
        hook::hook(hook, shared.is_none(), &mut printer);
    }
    printer.outdent();
    printer.line("}");
    printer.finish()
}

/// A hook that says about itself what every other says, so that the policy can say it once.
fn shared(hooks: &[Hook]) -> Option<&Hook> {
    let (first, rest) = hooks.split_first()?;
    let is_same = |hook: &Hook| {
        let words = |hook: &Hook| hook.tags.iter().map(|tag| tag.value.clone()).collect::<Vec<_>>();
        hook.message.as_ref().map(|message| &message.value)
            == first.message.as_ref().map(|message| &message.value)
            && words(hook) == words(first)
    };
    rest.iter().all(is_same).then_some(first)
}

/// The message and the tags of a hook.
fn described(hook: &Hook, printer: &mut Printer) {
    if let Some(message) = &hook.message {
        printer.line(&format!("message {}", quoted(&message.value)));
    }
    if !hook.tags.is_empty() {
        let tags: Vec<String> =
            hook.tags.iter().map(|Spanned { value, .. }| quoted(value)).collect();
        printer.line(&format!("tags [{}]", tags.join(", ")));
    }
}
