//! A policy with every name bound to a thing of the target kernel.
//!
//! Everything that stands here can be carried out: whatever cannot was refused by `resolve`.

pub mod action;
pub mod argument;
pub mod assignment;
pub mod cel;
pub mod hook;
pub mod hook_view;
pub mod print;
pub mod test;
pub mod walk;

pub use action::{Action, Digest, DigestOf, Extras, RateLimit};
pub use argument::{
    Argument, ArgumentId, BufferLength, Caller, CapabilityWord, Memory, Moment, Origin, Reader,
    Signedness, Structure,
};
pub use assignment::{Assigned, Assignment, Register};
pub use hook::{Acts, Attachment, EnforcedFunction, Enforcer, Hook, Need, Selector, Sharing};
pub use hook_view::HookView;
pub use test::{
    Case, End, Expression, FileType, HostProcesses, NamespaceValue, Network, Question, Reach,
    Sense, SocketField, Test,
};
pub use walk::{AddressSpace, Walk, WalkStep};

use crate::policy::{self, Mode, Setting};
use crate::source::{Span, Spanned};

/// One policy, bound to one kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub span: Span,
    pub name: String,
    pub name_span: Span,
    pub namespace: Option<String>,
    pub mode: Mode,
    pub hooks: Vec<Hook>,
    /// Hooks in programs and libraries: uprobes and USDT probes.
    pub program_hooks: Vec<Hook>,
    /// Where `NotifyEnforcer` acts.
    pub enforcers: Vec<Enforcer>,
    pub settings: Vec<Spanned<Setting>>,
    /// Which processes the policy is for.
    pub workloads: policy::Workloads,
    /// Which nodes it is for.
    pub nodes: Option<policy::LabelSelector>,
    /// Where it asks for events about mapped executables and libraries.
    pub loader: Option<Span>,
}
