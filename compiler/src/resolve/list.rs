//! Finds lists by name, and what they hold.

use super::value;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::{self, ArgumentType, ListKind};
use crate::resolved::Argument;
use crate::source::Spanned;

/// The list with this name. Front ends refuse names that no list has.
pub(super) fn find<'a>(name: &str, lists: &'a [policy::List]) -> Option<&'a policy::List> {
    lists.iter().find(|list| list.name.value == name)
}

/// The name behind `list:`.
pub(super) fn name_of(value: &str) -> Option<&str> {
    value.strip_prefix(policy::list::PREFIX)
}

/// A system call of a list without the ABI before it: `i386/sys_read` is `sys_read`.
pub(super) fn without_abi(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}

/// Whether it is a system call of 32-bit programs: `i386/sys_read`, `__ia32_sys_read`.
pub(super) fn is_of_32_bits(name: &str) -> bool {
    ["i386/", "arm32/", "__ia32_"].iter().any(|prefix| name.starts_with(prefix))
}

/// The system calls of the list that a value names.
pub(super) fn syscalls_of_value(
    value: &Spanned<String>,
    argument: &Argument,
    lists: &[policy::List],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Spanned<String>>, Reported> {
    let name = name_of(&value.value).unwrap_or("");
    let Some(list) = find(name, lists) else { return Ok(Vec::new()) };
    let kind = list.kind.map(|kind| kind.value);
    let is_of_syscalls = match kind {
        Some(ListKind::Syscalls | ListKind::GeneratedSyscalls) => true,
        Some(ListKind::GeneratedFtrace) | None => false,
    };
    let problem = if !is_of_syscalls {
        Some(("the list does not hold system calls", "give the list `type: syscalls`"))
    } else if argument.type_ != ArgumentType::Syscall64 {
        let help = "read the number of the system call as `syscall64`";
        Some(("the argument is not the number of a system call", help))
    } else {
        None
    };
    if let Some((label, help)) = problem {
        let message = format!("the list `{name}` is nothing to compare this argument with");
        let finding = Finding::at(value.span, message)
            .label(label)
            .also(list.name.span, "the list")
            .help(help.to_owned());
        return Err(diagnostics.error(&code::LIST_AS_VALUE, finding));
    }
    value::warn_duplicates(&list.values, diagnostics);
    Ok(list.values.clone())
}
