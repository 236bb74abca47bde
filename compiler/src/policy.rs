//! A policy as its author wrote it. Both front ends end here; nothing here knows a kernel.

pub mod action;
pub mod argument;
pub mod cel;
pub mod condition;
pub mod error_table;
pub mod field_path;
pub mod field_table;
pub mod hook;
pub mod list;
pub mod operator;
pub mod option;
pub mod print;
pub mod program_types;
#[cfg(test)]
pub(crate) mod random;
pub mod signal_table;
pub mod without_spans;
pub mod workload;

pub use action::{Action, ActionKind, RateLimit, RateScope, Replacement};
pub use argument::{Argument, ArgumentPlace, ArgumentType, SizeArgument, Source};
pub use condition::{
    ArgumentReference, CapabilitySet, Condition, Expression, NamespaceKind, Whose,
};
pub use field_path::{FieldPath, Step};
pub use hook::{Call, CallKind, Hook, Macro, Point, Probe, Selector, TrackAction, Uprobe};
pub use list::{Enforcer, List, ListKind};
pub use operator::Operator;
pub use option::{OverrideMethod, Setting};
pub use program_types::ProgramTypes;
pub use workload::{LabelExpression, LabelOperator, LabelSelector, Workloads};

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
    pub lists: Vec<List>,
    /// Tetragon takes one.
    pub enforcers: Vec<Enforcer>,
    /// Options other than the mode.
    pub options: Vec<Spanned<Setting>>,
    /// `selectorsMacros`
    pub macros: Vec<Macro>,
    /// Which processes the policy is for.
    pub workloads: Workloads,
    /// Which nodes it is for (`nodeSelector`).
    pub nodes: Option<LabelSelector>,
    /// Whether mapped executables and libraries are reported: where `loader: true` stands.
    pub loader: Option<Span>,
    /// What stands in the files that it names as the types of programs.
    pub program_types: ProgramTypes,
}

/// Whether enforcement actions act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    Enforce,
    /// They are reported, and nothing else happens.
    Monitor,
}

impl Policy {
    /// The files whose types it goes through (`resolve` at a hook with `btfPath`), as it writes them.
    pub fn type_files(&self) -> impl Iterator<Item = &str> {
        let asks = |hook: &&Hook| {
            let mut read = hook.arguments.iter().chain(&hook.data).chain(&hook.return_argument);
            read.any(|one| one.resolve.is_some() && one.source.is_none())
        };
        let asking = self.hooks.iter().filter(asks);
        asking.filter_map(|hook| Some(hook.point.type_file()?.value.as_str()))
    }

    /// Every selector, with the hook it belongs to.
    pub fn selectors(&self) -> impl Iterator<Item = (&Hook, &Selector)> {
        self.hooks.iter().flat_map(|hook| hook.selectors.iter().map(move |one| (hook, one)))
    }
}
