//! The kernel takes only small programs, and they cannot do this.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::filter::Filter;
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts;
use crate::check::tetragon::types::needs_large_programs;
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, Condition, Operator};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_SMALL_PROGRAMS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.target.is_large() {
        return;
    }
    for hook in &subject.policy.hooks {
        if let Some(action) = &hook.return_action {
            refuse(findings, action.span, "`returnArgAction`");
        }
        for argument in hook.arguments.iter().chain(&hook.data) {
            if let Some(path) = &argument.resolve {
                refuse(findings, path.text.span, "`resolve`");
            }
        }
    }
    for part in parts(subject.policy) {
        for condition in &part.conditions {
            process(condition, findings);
        }
        // The others take it and do nothing.
        let is_kprobe = section(part.hook) == Section::Kprobe;
        for action in part.selector.actions.iter().filter(|_| is_kprobe) {
            if action.kind == ActionKind::Sigkill {
                refuse(findings, action.span, "`Sigkill`");
            }
        }
    }
    for one in all_filters(subject) {
        filter(subject, &one, findings);
    }
}

fn process(condition: &Condition, findings: &mut Findings<'_>) {
    match condition {
        Condition::NamespaceChange { span, .. } => {
            refuse(findings, *span, "`matchNamespaceChanges`");
        }
        Condition::Binary { operator, .. }
            if !matches!(operator.value, Operator::In | Operator::NotIn) =>
        {
            let what = format!("`{}` for binaries", operator.value.name());
            refuse(findings, operator.span, &what);
        }
        _ => {}
    }
}

fn filter(subject: &Subject<'_>, filter: &Filter<'_>, findings: &mut Findings<'_>) {
    match filter.operator.value {
        operator @ (Operator::GreaterThan | Operator::LessThan | Operator::CapabilitiesGained) => {
            refuse(findings, filter.operator.span, &format!("`{}`", operator.name()));
        }
        Operator::Equal | Operator::NotEqual | Operator::Mask => {
            let type_ = filter.type_(&subject.target);
            if let Some(type_) = type_.filter(|type_| needs_large_programs(*type_)) {
                let what = format!("comparing the type `{}`", type_.name());
                refuse(findings, filter.operator.span, &what);
            }
        }
        _ => {}
    }
}

fn refuse(findings: &mut Findings<'_>, span: Span, what: &str) {
    findings.add_here(
        Finding::at(span, format!("{what} needs a kernel with large programs"))
            .label("5.3 or later")
            .note("Tetragon loads small programs where the kernel verifies only 4096 instructions"),
    );
}
