//! The kernel lacks what a condition or action on a program's function needs.

use super::{Findings, Rule, Subject, all_filters, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, ArgumentType, Operator};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_USER_PROBE_FEATURE, check);

/// The oldest kernel on which a program may write to `pt_regs`.
const REGISTERS_CHANGE: (u32, u32) = (6, 18);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = &subject.target;
    for filter in all_filters(subject) {
        let function = match filter.operator.value {
            Operator::SubString => "bpf_strnstr",
            Operator::SubStringIgnoreCase => "bpf_strncasestr",
            _ => continue,
        };
        if section(filter.hook) == Section::Uprobe && target.kfunc(function).is_absent() {
            let name = filter.operator.value.name();
            let words = format!("can't use {name} operator, no kernel support");
            lacking(findings, filter.operator.span, function, &words);
        }
    }
    for hook in &subject.policy.hooks {
        if !matches!(section(hook), Section::Uprobe | Section::Usdt) {
            continue;
        }
        for (place, argument) in hook.arguments.iter().enumerate() {
            let Some(type_) = argument.type_ else { continue };
            let function = "bpf_copy_from_user_str";
            if type_.value == ArgumentType::String && target.kfunc(function).is_absent() {
                let words = format!("can't preload string for argument {place}");
                lacking(findings, type_.span, function, &words);
            }
        }
        let actions = hook.selectors.iter().flat_map(|selector| &selector.actions);
        let too_old = target.kernel.version().is_some_and(|version| version < REGISTERS_CHANGE);
        for action in actions.filter(|_| too_old || !target.is_large()) {
            if matches!(&action.kind, ActionKind::Override { .. }) {
                findings.add_here(
                    Finding::at(action.span, "this kernel lets no program change registers")
                        .label("needs 6.18")
                        .inferred()
                        .note(says("can't use override regs action, no kernel support")),
                );
            }
        }
    }
}

fn lacking(findings: &mut Findings<'_>, span: Span, function: &str, words: &str) {
    findings.add_here(
        Finding::at(span, format!("this needs `{function}`, which the kernel lacks"))
            .label("not on this kernel")
            .note(says(words)),
    );
}
