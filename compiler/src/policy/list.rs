//! Named lists of functions and system calls, and the enforcers that act for them.

use crate::source::{Span, Spanned};

/// An entry of `lists`. Hooks name it as `list:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub span: Span,
    pub name: Spanned<String>,
    /// `None`: plain function names.
    pub kind: Option<Spanned<ListKind>>,
    /// As written: `sys_read`, `i386/sys_read`, `vfs_read`.
    pub values: Vec<Spanned<String>>,
    /// Which traceable functions a [`ListKind::GeneratedFtrace`] takes: a regular expression.
    pub pattern: Option<Spanned<String>>,
    /// Where Tetragon's own mark stands that the values need no more checking. A user can write it
    /// as well.
    pub validated: Option<Span>,
}

/// What a list holds and where its values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// The values are system calls.
    Syscalls,
    /// Every system call of the kernel.
    GeneratedSyscalls,
    /// Every traceable function whose name fits the pattern.
    GeneratedFtrace,
}

impl ListKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Syscalls, Self::GeneratedSyscalls, Self::GeneratedFtrace];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syscalls => "syscalls",
            Self::GeneratedSyscalls => "generated_syscalls",
            Self::GeneratedFtrace => "generated_ftrace",
        }
    }
}

/// An entry of `enforcers`: where `NotifyEnforcer` can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enforcer {
    pub span: Span,
    /// `sys_…`, `security_…` or `list:NAME`.
    pub calls: Vec<Spanned<String>>,
}
