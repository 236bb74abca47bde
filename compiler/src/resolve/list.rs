//! Finds lists by name, and what they hold.

use writ_bundle::{SYSCALL_32_BIT, syscall_name, syscall_number, syscall_number_32};

use super::value;
use crate::diagnostic::{Diagnostics, Finding, Reported, code};
use crate::policy::{self, ArgumentType, ListKind};
use crate::resolved::Argument;
use crate::set::IntegerSet;
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

/// The numbers of the system calls of the list that a value names.
pub(super) fn syscalls_of_value(
    value: &Spanned<String>,
    argument: &Argument,
    lists: &[policy::List],
    diagnostics: &mut Diagnostics,
) -> Result<IntegerSet, Reported> {
    let name = name_of(&value.value).unwrap_or("");
    let Some(list) = find(name, lists) else { return Ok(IntegerSet::default()) };
    let (label, help) = match numbers(list, argument) {
        Ok(numbers) => {
            value::warn_duplicates(&list.values, diagnostics);
            let single = |number: u32| (i128::from(number), i128::from(number));
            return Ok(IntegerSet::from_ranges(numbers.into_iter().map(single)));
        }
        Err(problem) => problem,
    };
    let message = format!("the list `{name}` is nothing to compare this argument with");
    let finding = Finding::at(value.span, message)
        .label(label)
        .also(list.name.span, "the list")
        .help(help.to_owned());
    Err(diagnostics.error(&code::LIST_AS_VALUE, finding))
}

/// The numbers, or what is wrong and what to do.
fn numbers(list: &policy::List, argument: &Argument) -> Result<Vec<u32>, (String, &'static str)> {
    let all = || (0..SYSCALLS_MAX).filter(|number| syscall_name(*number).is_some()).collect();
    let kind = list.kind.map(|kind| kind.value);
    if matches!(kind, Some(ListKind::GeneratedFtrace) | None) {
        let label = "the list does not hold system calls".to_owned();
        return Err((label, "give the list `type: syscalls`"));
    }
    if argument.type_ != ArgumentType::Syscall64 {
        let label = "the argument is not the number of a system call".to_owned();
        return Err((label, "read the number of the system call as `syscall64`"));
    }
    if kind == Some(ListKind::GeneratedSyscalls) {
        return Ok(all());
    }
    let number_of = |name: &Spanned<String>| {
        number(&name.value).ok_or_else(|| {
            let label = format!("`{}` is no system call of this architecture", name.value);
            (label, "name system calls as `sys_read` or `i386/sys_read`")
        })
    };
    list.values.iter().map(number_of).collect()
}

/// No architecture has a system call with a larger number.
const SYSCALLS_MAX: u32 = 1024;

/// The number of a system call of a list, with the mark of 32-bit programs.
fn number(name: &str) -> Option<u32> {
    let plain = without_abi(name);
    let prefixes = ["sys_", "__x64_sys_", "__ia32_sys_"];
    let plain = prefixes.iter().find_map(|prefix| plain.strip_prefix(prefix)).unwrap_or(plain);
    if is_of_32_bits(name) {
        syscall_number_32(plain).map(|number| number | SYSCALL_32_BIT)
    } else {
        syscall_number(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_the_number_of_its_programs() {
        for (name, expected) in [
            ("sys_dup", Some(32)),
            ("__x64_sys_dup", Some(32)),
            ("x64/sys_dup", Some(32)),
            ("i386/sys_dup", Some(SYSCALL_32_BIT + 41)),
            ("__ia32_sys_dup", Some(SYSCALL_32_BIT + 41)),
            ("sys_nothing", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }
}
