//! A condition compares with a list where Tetragon does not.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::hooks::{Section, is_syscalls, list, section};
use crate::diagnostic::{Finding, code, did_you_mean};
use crate::policy::{ArgumentType, Operator};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LIST_CONDITION, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        if !matches!(filter.operator.value, Operator::InMap | Operator::NotInMap) {
            continue;
        }
        for value in filter.values {
            let Some(name) = value.value.strip_prefix("list:") else { continue };
            let section = section(filter.hook);
            let type_ = filter.argument().and_then(|one| one.type_).map(|type_| type_.value);
            let is_tracepoint = matches!(section, Section::Tracepoint | Section::RawTracepoint);
            let names = subject.policy.lists.iter().map(|list| list.name.value.as_str());
            let (label, help, words) = match list(subject.policy, name) {
                _ if !is_tracepoint => (
                    "only tracepoints compare with lists",
                    None,
                    "failed list values loading is not supported".to_owned(),
                ),
                None => (
                    "no such list",
                    did_you_mean(name, names),
                    format!("error list '{name}' not found"),
                ),
                Some(list) if !is_syscalls(list) => (
                    "not a list of system calls",
                    Some("give the list `type: syscalls`".to_owned()),
                    format!("error list '{name}' is not syscall type"),
                ),
                Some(_) if type_ != Some(ArgumentType::Syscall64) => (
                    "the argument is not of the type `syscall64`",
                    Some("give the argument `type: syscall64`".to_owned()),
                    format!("error list '{name}' argument type is not syscall64"),
                ),
                Some(_) => continue,
            };
            findings.add(
                Finding::at(value.span, format!("cannot compare with the list `{name}`"))
                    .label(label)
                    .help(help)
                    .note(says(&words)),
            );
        }
    }
}
