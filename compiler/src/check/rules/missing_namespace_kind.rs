//! A condition is about namespaces that the kernel was built without.

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::Finding;
use crate::kernel::{Answer, Feature};
use crate::policy::NamespaceKind;
use crate::resolved::{Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::MISSING_NAMESPACE_KIND, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let Question::Namespace { kind, .. } = &test.question else { continue };
        let Some(option) = option(*kind) else { continue };
        let kernel = findings.kernel();
        let Answer::Absent(evidence) = kernel.has(Feature::Config(option)) else { continue };
        let message = format!("the kernel has no namespaces of kind `{}`", kind.name());
        findings.add(
            Finding::at(test.span, message)
                .label("holds for every process, or for none")
                .help("leave the condition out".to_owned())
                .note(format!("on {}: {}", kernel.name(), evidence.text))
                .on_kernel(kernel.name()),
        );
    }
}

/// The option that builds namespaces of a kind (`init/Kconfig`); `None` for mount namespaces, which
/// every kernel has.
fn option(kind: NamespaceKind) -> Option<&'static str> {
    match kind {
        NamespaceKind::Uts => Some("CONFIG_UTS_NS"),
        NamespaceKind::Ipc => Some("CONFIG_IPC_NS"),
        NamespaceKind::Mnt => None,
        NamespaceKind::Pid | NamespaceKind::PidForChildren => Some("CONFIG_PID_NS"),
        NamespaceKind::Net => Some("CONFIG_NET_NS"),
        NamespaceKind::Time | NamespaceKind::TimeForChildren => Some("CONFIG_TIME_NS"),
        NamespaceKind::Cgroup => Some("CONFIG_CGROUPS"),
        NamespaceKind::User => Some("CONFIG_USER_NS"),
    }
}
