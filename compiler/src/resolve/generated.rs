//! The lists that a kernel fills: all system calls, or the functions whose names fit a pattern.

use regex_lite::RegexBuilder;

use super::target::Target;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::kernel::{Feature, Profile, security};
use crate::policy::{List, ListKind};

/// What is on such a list on this kernel: only what can be hooked there and is described by BTF.
pub(super) fn targets<'a>(
    list: &List,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Target<'a>>, Reported> {
    let found = match list.kind.map(|kind| kind.value) {
        Some(ListKind::GeneratedFtrace) => functions(list, kernel),
        Some(ListKind::GeneratedSyscalls | ListKind::Syscalls) | None => Ok(syscalls(kernel)),
    };
    let (label, help) = match found {
        Ok(found) if !found.is_empty() => return Ok(found),
        Ok(_) => ("no function that can be hooked fits".to_owned(), None),
        Err(error) => (error, Some("write a regular expression".to_owned())),
    };
    let span = list.pattern.as_ref().map_or(list.name.span, |pattern| pattern.span);
    let finding = Finding::at(span, format!("the list `{}` is empty", list.name.value))
        .label(label)
        .help(help)
        .on_kernel(kernel.name());
    Err(diagnostics.error(&code::EMPTY_LIST, finding))
}

/// Without the functions of calls that 64-bit programs never make.
fn syscalls(kernel: &Profile) -> Vec<Target<'_>> {
    let is_old = |name: &str| {
        if security::is_of_other_callers(name) {
            return true;
        }
        let short = name.strip_suffix("16").unwrap_or(name);
        let other = security::function_of_syscall(name).unwrap_or(short);
        other != name && kernel.syscall(other).is_some()
    };
    let names = kernel.syscalls().filter(|name| !is_old(name));
    names
        .filter_map(|name| kernel.syscall(name))
        .filter(|call| kernel.has(Feature::Kprobe(&call.function_name)).is_present())
        .map(Target::Syscall)
        .collect()
}

/// Bytes that a compiled pattern may take. Patterns are the user's, and short.
const PATTERN_SIZE: usize = 1 << 20;

/// Tetragon's patterns are Go's, which this crate's are as good as equal to: both find a match
/// anywhere in the name.
fn functions<'a>(list: &List, kernel: &'a Profile) -> Result<Vec<Target<'a>>, String> {
    let pattern = list.pattern.as_ref().map_or("", |pattern| pattern.value.as_str());
    let pattern = RegexBuilder::new(pattern)
        .size_limit(PATTERN_SIZE)
        .build()
        .map_err(|why| why.to_string())?;
    let mut names: Vec<&str> = kernel.functions().filter(|name| pattern.is_match(name)).collect();
    names.sort_unstable();
    names.dedup();
    let hookable = names.into_iter().filter(|name| kernel.has(Feature::Kprobe(name)).is_present());
    Ok(hookable.filter_map(|name| kernel.function(name)).map(Target::Function).collect())
}
