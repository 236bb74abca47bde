//! Whether a selector is about some processes only, so that the system's own are not meant.

use crate::resolved::{Policy, Question, Selector, Sense, Test};

/// Whether the policy or the selector says which processes it is for.
pub(super) fn names_processes(policy: &Policy, selector: &Selector) -> bool {
    let workloads = &policy.workloads;
    policy.namespace.is_some()
        || workloads.pods.is_some()
        || workloads.containers.is_some()
        || selector.condition.tests().into_iter().any(is_about_process)
}

fn is_about_process(test: &Test) -> bool {
    match &test.question {
        // A program that is named as an exception was thought of.
        Question::Binary { .. }
        | Question::Lineage { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => true,
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Text { .. }
        | Question::Substring { .. }
        | Question::FileType { .. }
        | Question::Address { .. }
        | Question::Socket { .. }
        | Question::CapabilitiesGained { .. } => false,
    }
}

/// Whether the test is about one thing, such as a path or an address, rather than about every call
/// with certain flags.
pub(super) fn names_thing(test: &Test) -> bool {
    let is_thing = match &test.question {
        Question::Text { .. }
        | Question::Substring { .. }
        | Question::FileType { .. }
        | Question::Address { .. }
        | Question::Socket { .. }
        | Question::CapabilitiesGained { .. } => true,
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Binary { .. }
        | Question::Lineage { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => false,
    };
    is_thing && test.sense == Sense::Is
}
