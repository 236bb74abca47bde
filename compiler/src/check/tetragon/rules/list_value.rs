//! A list of system calls has a value that names none.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{self, Called};
use crate::diagnostic::{Finding, code};
use crate::policy::{List, ListKind};
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LIST_VALUE, check);

/// What the names of system calls, and of the functions that serve them, begin with.
const PREFIXES: [&str; 4] = ["sys_", "__x64_sys_", "__ia32_sys_", "__arm64_sys_"];

const ABIS: [&str; 4] = ["x64", "i386", "arm64", "arm32"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A list that nothing names is not looked at; one that says that it was checked is believed.
    let used = |list: &&List| list.validated.is_none() && is_used(subject, &list.name.value);
    for list in subject.policy.lists.iter().filter(used) {
        if list.kind.map(|kind| kind.value) != Some(ListKind::Syscalls) {
            continue;
        }
        for value in list.values.iter().filter(|value| !is_syscall(subject, value)) {
            let element = &value.value;
            findings.add(
                Finding::at(value.span, format!("`{element}` is no element of a list of syscalls"))
                    .label("not the name of a system call with `sys_`")
                    .help(format!("write `sys_{}`", hooks::without_abi(element)))
                    .note(says(&format!("invalid syscall list element '{element}'"))),
            );
        }
    }
}

/// Whether an element of a list of system calls is written as one.
pub(super) fn is_name(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn is_syscall(subject: &Subject<'_>, value: &Spanned<String>) -> bool {
    let (abi, name) = match value.value.split_once('/') {
        Some((abi, name)) => (abi, name),
        None => ("x64", value.value.as_str()),
    };
    let is_arm = subject.target.kernel.architecture() == "aarch64";
    let is_here = !value.value.contains('/') || abi.starts_with("arm") == is_arm;
    ABIS.contains(&abi) && is_here && is_name(name)
}

/// Whether a hook, an enforcer or a condition names a list.
pub(super) fn is_used(subject: &Subject<'_>, name: &str) -> bool {
    let policy = subject.policy;
    let by_hook = policy.hooks.iter().any(
        |hook| matches!(hooks::called(hook), Some(Called::List { name: used, .. }) if used == name),
    );
    let is_reference = |text: &str| text.strip_prefix("list:") == Some(name);
    let calls = policy.enforcers.iter().flat_map(|enforcer| &enforcer.calls);
    let by_enforcer = calls.into_iter().any(|call| is_reference(&call.value));
    by_hook
        || by_enforcer
        || super::all_filters(subject)
            .iter()
            .any(|filter| filter.values.iter().any(|value| is_reference(&value.value)))
}
