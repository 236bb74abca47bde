//! A policy with every name bound to a thing of the target kernel.
//!
//! What stands here can be carried out: whatever cannot was refused by `resolve`.

pub mod action;
pub mod argument;
pub mod hook;
pub mod print;
pub mod test;

pub use action::{Action, RateLimit};
pub use argument::{Argument, ArgumentId, Origin, Reader, Signedness};
pub use hook::{Attachment, Hook, Need, Selector};
pub use test::{Expression, NamespaceValue, Question, Sense, Test};

use crate::policy::Mode;
use crate::source::Span;

/// One policy, bound to one kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub span: Span,
    pub name: String,
    pub name_span: Span,
    pub namespace: Option<String>,
    pub mode: Mode,
    pub hooks: Vec<Hook>,
}
