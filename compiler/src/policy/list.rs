//! Named lists of functions and system calls, and the enforcers that act for them.

use super::{Call, Condition, Expression, Point, Policy, Selector};
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

/// What is written before the name of a list where a function or a value may stand as well.
pub const PREFIX: &str = "list:";

impl Policy {
    /// Every place that names a list, with the name.
    pub fn list_references(&self) -> Vec<Spanned<&str>> {
        let points = self.hooks.iter().filter_map(|hook| match &hook.point {
            Point::List { name, .. } | Point::Fentry(Call::List { name, .. }) => {
                Some(Spanned::new(name.value.as_str(), name.span))
            }
            Point::Function(_)
            | Point::Syscall(_)
            | Point::Fentry(Call::One { .. })
            | Point::Lsm(_)
            | Point::Tracepoint { .. }
            | Point::RawTracepoint { .. }
            | Point::Uprobe(_)
            | Point::Usdt { .. } => None,
        });
        let calls = self.enforcers.iter().flat_map(|enforcer| &enforcer.calls);
        let of_hooks = self.selectors().map(|(_, selector)| selector);
        let selectors = of_hooks.chain(self.macros.iter().map(|one| &one.selector));
        let texts = calls.chain(selectors.flat_map(compared));
        let named = texts
            .filter_map(|text| Some(Spanned::new(text.value.strip_prefix(PREFIX)?, text.span)));
        points.chain(named).collect()
    }
}

/// What the arguments of a hook are compared with.
fn compared(selector: &Selector) -> Vec<&Spanned<String>> {
    let parts = [&selector.condition, &selector.return_condition];
    parts.into_iter().flat_map(values).collect()
}

/// Front ends bound the depth of an expression.
fn values(expression: &Expression) -> Vec<&Spanned<String>> {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().flat_map(values).collect(),
        Expression::Not(part) => values(part),
        Expression::Test(Condition::Argument { values, .. }) => values.iter().collect(),
        Expression::Test(_) => Vec::new(),
    }
}
