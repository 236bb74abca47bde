//! A policy names a namespace by a number that the next start changes.

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::Finding;
use crate::resolved::{NamespaceValue, Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::FIXED_NAMESPACE, check };

/// Numbers of the host's namespaces that never change (`include/linux/proc_ns.h`).
const HOST: std::ops::RangeInclusive<u32> = 0xefff_fffa..=0xefff_ffff;

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let Question::Namespace { values, .. } = &test.question else { continue };
        let number = values.iter().find_map(|value| match value {
            NamespaceValue::Inode(inode) => Some(*inode),
            NamespaceValue::Host => None,
        });
        let Some(inode) = number else { continue };
        let help = if HOST.contains(&inode) {
            "write `host_ns`, which says what is meant"
        } else {
            "write `host_ns`, or select workloads by their labels"
        };
        let message = format!("namespace {inode} is another one after the next start");
        findings.add(
            Finding::at(test.span, message)
                .label("numbers of namespaces are given out anew")
                .help(help.to_owned()),
        );
    }
}
