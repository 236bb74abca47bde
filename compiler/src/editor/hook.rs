//! A hook as somebody writes it, and what the kernels know about it.

use std::collections::BTreeSet;

use super::kernels::Kernels;
use crate::kernel::btf::Kind;
use crate::kernel::{Parameter, Profile, Prototype, Type};

/// What is hooked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hook {
    Function(String),
    Syscall(String),
    Lsm(String),
    Tracepoint { subsystem: String, event: String },
    RawTracepoint { event: String },
}

/// Something that a hook can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Readable {
    /// Its place on the first kernel, counted from 0.
    pub(super) index: usize,
    pub(super) name: String,
    /// In C, with its name: `struct file *file`.
    pub(super) text: String,
}

impl Hook {
    /// The hook in C on one kernel; `None` when the kernel lacks it.
    fn prototype(&self, kernel: &Profile) -> Option<String> {
        match self {
            Self::Function(name) => Some(kernel.function(name)?.prototype.text(name)),
            Self::Syscall(name) => {
                let syscall = kernel.syscall(name)?;
                let arguments = self.readables(kernel)?;
                let texts: Vec<String> = arguments.into_iter().map(|one| one.text).collect();
                Some(format!("long {}({})", syscall.name, texts.join(", ")))
            }
            Self::Lsm(name) => Some(kernel.lsm_hook(name)?.prototype.text(name)),
            Self::Tracepoint { subsystem, event } => {
                let fields = self.readables(kernel)?;
                let line = |field: Readable| format!("  {:2}: {};\n", field.index, field.text);
                let lines: String = fields.into_iter().map(line).collect();
                Some(format!("{subsystem}:{event} {{\n{lines}}}"))
            }
            Self::RawTracepoint { event } => {
                let parameters = kernel.raw_tracepoint(event)?.parameters;
                let texts: Vec<String> = parameters.iter().map(Parameter::text).collect();
                Some(format!("{event}({})", texts.join(", ")))
            }
        }
    }

    /// What it can read on one kernel; `None` when the kernel lacks it.
    fn readables(&self, kernel: &Profile) -> Option<Vec<Readable>> {
        let join = |type_: &str, name: &str| {
            let space = if type_.ends_with('*') { "" } else { " " };
            format!("{type_}{space}{name}")
        };
        let named: Vec<(String, String)> = match self {
            Self::Syscall(name) => {
                let arguments = kernel.syscall(name)?.arguments.unwrap_or_default();
                arguments.into_iter().map(|one| (join(&one.text, &one.name), one.name)).collect()
            }
            Self::Tracepoint { subsystem, event } => {
                let fields = kernel.tracepoint(subsystem, event)?.fields;
                fields.into_iter().map(|one| (join(&one.text, &one.name), one.name)).collect()
            }
            Self::Function(_) | Self::Lsm(_) | Self::RawTracepoint { .. } => {
                let parameters = self.parameters(kernel)?;
                parameters.iter().map(|one| (one.text(), one.name.to_owned())).collect()
            }
        };
        let readable = |(index, (text, name))| Readable { index, name, text };
        Some(named.into_iter().enumerate().map(readable).collect())
    }

    /// Its parameters with their types, where BTF has them.
    fn parameters<'k>(&self, kernel: &'k Profile) -> Option<Vec<Parameter<'k>>> {
        let prototype: Prototype<'k> = match self {
            Self::Function(name) => kernel.function(name)?.prototype,
            Self::Lsm(name) => kernel.lsm_hook(name)?.prototype,
            Self::RawTracepoint { event } => {
                return Some(kernel.raw_tracepoint(event)?.parameters);
            }
            Self::Syscall(_) | Self::Tracepoint { .. } => return None,
        };
        Some(prototype.parameters)
    }
}

/// The hook in C on each kernel, as Markdown; kernels that agree stand together. `None` when no
/// kernel has it.
pub(super) fn describe(hook: &Hook, kernels: &Kernels) -> Option<String> {
    let mut forms: Vec<(Option<String>, Vec<&str>)> = Vec::new();
    for kernel in kernels.profiles() {
        let form = hook.prototype(kernel);
        match forms.iter_mut().find(|(known, _)| *known == form) {
            Some((_, names)) => names.push(kernel.name()),
            None => forms.push((form, vec![kernel.name()])),
        }
    }
    if forms.iter().all(|(form, _)| form.is_none()) {
        return None;
    }
    let parts = forms.into_iter().map(|(form, names)| {
        let names = names.join(", ");
        form.map_or_else(
            || format!("Not on kernel {names}."),
            |form| format!("Kernel {names}:\n```c\n{form}\n```"),
        )
    });
    Some(parts.collect::<Vec<_>>().join("\n\n"))
}

/// What the hook can read on all kernels, by name, in the order of the first.
pub(super) fn common_names(hook: &Hook, kernels: &Kernels) -> Vec<Readable> {
    common(hook, kernels, |one, other| one.name == other.name)
}

/// What the hook can read on all kernels, by place. Where kernels name a place differently, all
/// names are in its text.
pub(super) fn common_places(hook: &Hook, kernels: &Kernels) -> Vec<Readable> {
    let mut list = common(hook, kernels, |one, other| one.index == other.index);
    for kernel in kernels.profiles() {
        for other in hook.readables(kernel).unwrap_or_default() {
            let same = list.iter_mut().find(|one| one.index == other.index);
            let Some(one) = same.filter(|one| !one.text.contains(&other.text)) else { continue };
            one.text = format!("{} ({}: {})", one.text, kernel.name(), other.text);
        }
    }
    list
}

fn common(
    hook: &Hook,
    kernels: &Kernels,
    is_same: impl Fn(&Readable, &Readable) -> bool,
) -> Vec<Readable> {
    let mut lists = kernels.profiles().iter().filter_map(|kernel| hook.readables(kernel));
    let mut common = lists.next().unwrap_or_default();
    for list in lists {
        common.retain(|one| list.iter().any(|other| is_same(one, other)));
    }
    common
}

/// Where a path of fields begins.
#[derive(Debug, Clone)]
pub(super) enum Root<'h> {
    /// In an argument, by its place.
    Place(&'h Hook, usize),
    /// In an argument, by its name.
    Name(&'h Hook, &'h str),
    /// In a struct, by its name.
    Struct(&'h str),
}

/// A field that a path can go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Its type in C, on the first kernel.
    pub(super) text: String,
}

/// The fields that can follow `steps` on all kernels.
pub(super) fn fields(root: &Root<'_>, steps: &[&str], kernels: &Kernels) -> Vec<Field> {
    let mut lists = kernels.profiles().iter().filter_map(|kernel| {
        let reached = follow(begin(root, kernel)?, steps)?;
        let names = reached.member_names().into_iter().filter_map(|name| {
            Some(Field { name: name.to_owned(), text: reached.member(name)?.type_.text() })
        });
        Some(names.collect::<Vec<_>>())
    });
    let mut common = lists.next().unwrap_or_default();
    for list in lists {
        let names: BTreeSet<&str> = list.iter().map(|field| field.name.as_str()).collect();
        common.retain(|field| names.contains(field.name.as_str()));
    }
    common
}

fn begin<'k>(root: &Root<'_>, kernel: &'k Profile) -> Option<Type<'k>> {
    match root {
        Root::Place(hook, index) => Some(hook.parameters(kernel)?.get(*index)?.type_),
        Root::Name(hook, name) => {
            let parameters = hook.parameters(kernel)?;
            Some(parameters.iter().find(|one| one.name == *name)?.type_)
        }
        Root::Struct(name) => kernel.btf().structure(name),
    }
}

/// Goes through fields, pointers and elements: `a.b[3].c` has the steps `a`, `b[3]` and `c`.
fn follow<'k>(from: Type<'k>, steps: &[&str]) -> Option<Type<'k>> {
    let mut at = aimed_at(from);
    for step in steps {
        let name = step.split('[').next().unwrap_or(step);
        at = aimed_at(at.member(name)?.type_);
    }
    Some(at)
}

/// What a value leads to: pointers followed, elements of arrays taken.
fn aimed_at(from: Type<'_>) -> Type<'_> {
    const DEEPEST: usize = 8;
    let mut at = from.resolved();
    for _ in 0..DEEPEST {
        at = match at.kind() {
            Kind::Pointer(to) | Kind::Array { element: to, .. } => to.resolved(),
            Kind::Void
            | Kind::Missing
            | Kind::Integer { .. }
            | Kind::Float { .. }
            | Kind::Struct { .. }
            | Kind::Union { .. }
            | Kind::Enum { .. }
            | Kind::Forward(_)
            | Kind::Typedef(_)
            | Kind::Modifier(..)
            | Kind::Function(_)
            | Kind::Prototype { .. }
            | Kind::Variable(_)
            | Kind::DataSection
            | Kind::DeclarationTag(_) => return at,
        };
    }
    at
}
