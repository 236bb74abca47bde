//! An action that Tetragon takes at this kind of hook, and does not do there.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::selectors::parts;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_IDLE_ACTION, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in parts(subject.policy) {
        let section = section(part.hook);
        for action in &part.actions {
            if is_idle(section, &action.kind) {
                let (name, key) = (action.kind.name(), section.key());
                findings.add(
                    Finding::at(action.span, format!("`{name}` does nothing in `{key}`"))
                        .label("Tetragon takes it, and does nothing")
                        .help(instead(&action.kind))
                        .note("the part of its programs that would do it is left out there"),
                );
            }
        }
    }
}

/// Whether nothing is done, and nothing said. What Tetragon refuses is another code.
fn is_idle(section: Section, action: &ActionKind) -> bool {
    use Section::{Fentry, Kprobe, RawTracepoint, Tracepoint, Uprobe, Usdt};
    match action {
        ActionKind::Override { .. } => matches!(section, Tracepoint | RawTracepoint | Usdt),
        ActionKind::Set { .. } => matches!(section, Kprobe | Tracepoint | RawTracepoint | Uprobe),
        ActionKind::NotifyEnforcer { .. } | ActionKind::CleanupEnforcerNotification => {
            matches!(section, Uprobe | Usdt)
        }
        ActionKind::TrackSock { .. } | ActionKind::UntrackSock { .. } => {
            matches!(section, Tracepoint | RawTracepoint | Uprobe | Usdt)
        }
        ActionKind::GetUrl { .. } | ActionKind::DnsLookup { .. } => matches!(section, Fentry),
        ActionKind::Post { .. }
        | ActionKind::NoPost
        | ActionKind::Sigkill
        | ActionKind::Signal { .. } => false,
    }
}

fn instead(action: &ActionKind) -> Option<String> {
    match action {
        ActionKind::Override { .. } => Some("use `kprobes` or `lsmhooks`".to_owned()),
        ActionKind::Set { .. } => Some("use `usdts`".to_owned()),
        _ => None,
    }
}
