//! What Tetragon's small programs take and leave out.

use super::{Findings, Rule, Subject, all_filters};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, ArgumentType, Condition, Operator};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SMALL_IGNORED, check).like_ours();

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.target.is_large() {
        return;
    }
    for part in parts(subject.policy) {
        for condition in &part.conditions {
            if let Condition::CapabilityChange { span, .. } = condition {
                report(findings, *span, "`matchCapabilityChanges` is not asked");
            }
        }
        let is_kprobe = section(part.hook) == Section::Kprobe;
        for action in part.actions.iter().chain(&part.return_actions) {
            let what = match &action.kind {
                ActionKind::Sigkill if !is_kprobe => "`Sigkill` kills nobody",
                ActionKind::Signal { .. } => "`Signal` signals nobody",
                ActionKind::TrackSock { .. } | ActionKind::UntrackSock { .. } => {
                    "sockets are not tracked"
                }
                ActionKind::Post { rate_limit: Some(_), .. } => "`rateLimit` limits nothing",
                _ => continue,
            };
            report(findings, action.span, what);
        }
    }
    for filter in all_filters(subject) {
        match filter.operator.value {
            Operator::InRange | Operator::NotInRange => {
                report(findings, filter.operator.span, "ranges never match");
            }
            Operator::SubString | Operator::SubStringIgnoreCase => {
                report(findings, filter.operator.span, "parts of texts never match");
            }
            _ if filter.type_(&subject.target) == Some(ArgumentType::LinuxBinprm) => {
                report(findings, filter.operator.span, "`linux_binprm` is never compared");
            }
            _ => {}
        }
    }
}

fn report(findings: &mut Findings<'_>, span: Span, what: &str) {
    findings.add_here(
        Finding::at(span, format!("on this kernel {what}"))
            .label("needs large programs: 5.3")
            .note("Tetragon takes it without a word"),
    );
}
