//! A policy as its author wrote it. Both front ends end here; nothing here knows a kernel.

pub mod action;
pub mod argument;
pub mod condition;
pub mod error_table;
pub mod field_table;
pub mod hook;
pub mod operator;
pub mod print;
pub mod signal_table;
pub mod without_spans;

pub use action::{Action, ActionKind, RateLimit, RateScope};
pub use argument::{Argument, ArgumentPlace, ArgumentType};
pub use condition::{ArgumentReference, Condition, Expression, NamespaceKind};
pub use hook::{Hook, Point, Selector};
pub use operator::Operator;

use crate::source::{Span, Spanned};

/// One policy: a `TracingPolicy` document, or a `policy` block of the Writ language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The whole document or block.
    pub span: Span,
    pub name: Spanned<String>,
    /// The namespace of a `TracingPolicyNamespaced`.
    pub namespace: Option<Spanned<String>>,
    /// `None` means [`Mode::Enforce`].
    pub mode: Option<Spanned<Mode>>,
    pub hooks: Vec<Hook>,
    /// Legal parts of the language that the writ engine does not do yet. They are never ignored.
    pub not_yet: Vec<NotYet>,
}

/// Whether enforcement actions act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    Enforce,
    /// They are reported, and nothing else happens.
    Monitor,
}

/// A legal part of the language that the writ engine does not do yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// What it is, as the user would say it: `uprobes`, ``the action `TrackSock` ``.
    pub what: String,
    pub span: Span,
}

impl Policy {
    /// Every selector, with the hook it belongs to.
    pub fn selectors(&self) -> impl Iterator<Item = (&Hook, &Selector)> {
        self.hooks.iter().flat_map(|hook| hook.selectors.iter().map(move |one| (hook, one)))
    }
}
