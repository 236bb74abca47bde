//! Where a policy looks: hooks and their selectors.

use super::{Action, Argument, Expression};
use crate::source::{Span, Spanned};

/// A point in the kernel, what is read there, and what is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub span: Span,
    pub point: Point,
    pub arguments: Vec<Argument>,
    /// The return value, when the hook reports it (`return: true` and `returnArg`).
    pub return_argument: Option<Argument>,
    /// The first that matches wins. None at all: every hit is posted.
    pub selectors: Vec<Selector>,
    pub message: Option<Spanned<String>>,
    pub tags: Vec<Spanned<String>>,
}

/// What a hook hooks. The names are as written: `sys_openat`, `openat` and `__x64_sys_openat` may
/// all mean the same system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// A kernel function (`kprobes` with `syscall: false`).
    Function(Spanned<String>),
    /// A system call (`kprobes` with `syscall: true`).
    Syscall(Spanned<String>),
    /// An LSM hook (`lsmhooks`), without `security_` or `bpf_lsm_`.
    Lsm(Spanned<String>),
    /// A tracepoint, by the fields of its format.
    Tracepoint { subsystem: Spanned<String>, event: Spanned<String> },
    /// A tracepoint, by the arguments that the kernel passes to it (`raw: true`).
    RawTracepoint { subsystem: Spanned<String>, event: Spanned<String> },
}

impl Point {
    /// Where the name of what is hooked stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Function(name) | Self::Syscall(name) | Self::Lsm(name) => name.span,
            Self::Tracepoint { subsystem, event } | Self::RawTracepoint { subsystem, event } => {
                // The two may stand in either order, on lines of their own.
                if subsystem.span.start <= event.span.start { event.span } else { subsystem.span }
            }
        }
    }
}

/// Conditions, and what happens when all of them hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub span: Span,
    pub label: Option<Spanned<String>>,
    /// Decided when the hook is hit. `Expression::All(vec![])` always holds.
    pub condition: Expression,
    /// Decided when the call returns (`matchReturnArgs`); only with a return argument.
    pub return_condition: Expression,
    /// Empty: the event is posted.
    pub actions: Vec<Action>,
    /// Carried out when the call returns (`matchReturnActions`).
    pub return_actions: Vec<Action>,
}
