//! Hooks as Tetragon sees them: their section, their functions, the types of their arguments.

use crate::kernel::{Field, Shape};
use crate::policy::{Argument, ArgumentType, Call, CallKind, Hook, List, ListKind, Point, Policy};
use crate::source::Span;

use super::filter::index_of;
use super::target::Target;

/// The section of a policy that a hook stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Kprobe,
    Fentry,
    Tracepoint,
    RawTracepoint,
    Lsm,
    Uprobe,
    Usdt,
}

impl Section {
    /// The key in the policy.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Kprobe => "kprobes",
            Self::Fentry => "fentries",
            Self::Tracepoint | Self::RawTracepoint => "tracepoints",
            Self::Lsm => "lsmhooks",
            Self::Uprobe => "uprobes",
            Self::Usdt => "usdts",
        }
    }

    /// Whether it hooks kernel functions by name.
    pub(super) fn is_function(self) -> bool {
        matches!(self, Self::Kprobe | Self::Fentry)
    }
}

/// Where a hook stands.
pub(super) fn section(hook: &Hook) -> Section {
    match &hook.point {
        Point::Function(_) | Point::Syscall(_) | Point::List { .. } => Section::Kprobe,
        Point::Fentry(_) => Section::Fentry,
        Point::Lsm(_) => Section::Lsm,
        Point::Tracepoint { .. } => Section::Tracepoint,
        Point::RawTracepoint { .. } => Section::RawTracepoint,
        Point::Uprobe(_) => Section::Uprobe,
        Point::Usdt { .. } => Section::Usdt,
    }
}

/// A kernel function that a hook or an enforcer names.
#[derive(Debug, Clone)]
pub(super) struct Symbol {
    /// As the kernel calls it, as far as Tetragon can tell: `__x64_sys_openat`.
    pub(super) name: String,
    pub(super) kind: CallKind,
    pub(super) span: Span,
}

/// What a hook's `call` names: one function, or a list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Called<'a> {
    One { name: &'a str, span: Span, kind: CallKind },
    List { name: &'a str, kind: CallKind },
}

/// What `call` says; `None` for other sections.
pub(super) fn called(hook: &Hook) -> Option<Called<'_>> {
    let one = |name, span, kind| Some(Called::One { name, span, kind });
    let list = |name, kind| Some(Called::List { name, kind });
    match &hook.point {
        Point::Function(name) => one(&name.value, name.span, CallKind::Function),
        Point::Syscall(name) => one(&name.value, name.span, CallKind::Syscall),
        Point::Fentry(Call::One { name, kind }) => one(&name.value, name.span, *kind),
        Point::List { name, kind } | Point::Fentry(Call::List { name, kind }) => {
            list(&name.value, *kind)
        }
        Point::Lsm(_)
        | Point::Tracepoint { .. }
        | Point::RawTracepoint { .. }
        | Point::Uprobe(_)
        | Point::Usdt { .. } => None,
    }
}

/// The functions that a hook names, those of a list included. Generated lists are left out, since
/// they hold what the kernel has.
pub(super) fn symbols(policy: &Policy, hook: &Hook, target: &Target<'_>) -> Vec<Symbol> {
    match called(hook) {
        None => Vec::new(),
        Some(Called::One { name, span, kind }) => vec![symbol(name, span, kind, target)],
        Some(Called::List { name, kind, .. }) => {
            let Some(list) = list(policy, name) else { return Vec::new() };
            let kind = if is_syscalls(list) { CallKind::Syscall } else { kind };
            list.values
                .iter()
                .map(|value| symbol(without_abi(&value.value), value.span, kind, target))
                .collect()
        }
    }
}

fn symbol(name: &str, span: Span, kind: CallKind, target: &Target<'_>) -> Symbol {
    let name = match kind {
        CallKind::Function => name.to_owned(),
        CallKind::Syscall => with_prefix(name, target),
    };
    Symbol { name, kind, span }
}

/// The name of a system call's function (`arch.AddSyscallPrefix`): nothing but the architecture is
/// put before it.
pub(super) fn with_prefix(name: &str, target: &Target<'_>) -> String {
    let prefix = target.kernel.syscall_prefix().trim_end_matches("sys_");
    if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") }
}

/// `sys_read` of `i386/sys_read`.
pub(super) fn without_abi(value: &str) -> &str {
    value.split_once('/').map_or(value, |(_, name)| name)
}

/// The first list of that name, which is the one Tetragon takes.
pub(super) fn list<'a>(policy: &'a Policy, name: &str) -> Option<&'a List> {
    policy.lists.iter().find(|list| list.name.value == name)
}

/// Whether a list holds system calls.
pub(super) fn is_syscalls(list: &List) -> bool {
    match list.kind.map(|kind| kind.value) {
        Some(ListKind::Syscalls | ListKind::GeneratedSyscalls) => true,
        Some(ListKind::GeneratedFtrace) | None => false,
    }
}

/// The type by which Tetragon reads an argument; `None` when that cannot be told.
pub(super) fn type_of(
    hook: &Hook,
    argument: &Argument,
    target: &Target<'_>,
) -> Option<ArgumentType> {
    if let Some(type_) = &argument.type_ {
        return Some(type_.value);
    }
    let Point::Tracepoint { subsystem, event } = &hook.point else { return None };
    let tracepoint = target.kernel.tracepoint(&subsystem.value, &event.value)?;
    field_type(tracepoint.fields.get(index_of(argument)? as usize)?)
}

/// What `auto` means for a field of a tracepoint's format (`genericTypeFromTracepoint` in
/// `generictracepoint.go`).
fn field_type(field: &Field<'_>) -> Option<ArgumentType> {
    if field.text == "size_t" {
        return Some(ArgumentType::SizeT);
    }
    match field.shape {
        Shape::Integer { bytes, signed } | Shape::Enum { bytes, signed, .. } => {
            match (bytes, signed) {
                (4, true) => Some(ArgumentType::Sint32),
                (4, false) => Some(ArgumentType::Uint32),
                (8, true) => Some(ArgumentType::Sint64),
                (8, false) => Some(ArgumentType::Uint64),
                (2, true) => Some(ArgumentType::Sint16),
                (2, false) => Some(ArgumentType::Uint16),
                (1, true) => Some(ArgumentType::Sint8),
                (1, false) => Some(ArgumentType::Uint8),
                _ => None,
            }
        }
        Shape::Array { .. } => Some(ArgumentType::ConstBuf),
        Shape::PointerToChar => Some(ArgumentType::CharBuf),
        Shape::Void
        | Shape::PointerToStruct { .. }
        | Shape::PointerToUnion { .. }
        | Shape::PointerToVoid
        | Shape::Pointer
        | Shape::Struct { .. }
        | Shape::Union { .. }
        | Shape::Float { .. }
        | Shape::Other => None,
    }
}
