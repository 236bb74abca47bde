//! What several rules ask about policies: tests joined by `and`, what implies what.

use crate::resolved::{
    Action, Argument, Expression, Hook, HookView, Policy, Question, Reader, Selector, Sense,
    Structure, Test,
};
use crate::set::{IntegerSet, TextPattern, TextSet};

/// Every selector of a policy with its hook, which can be in the kernel or in a program.
pub(super) fn selectors(policy: &Policy) -> impl Iterator<Item = (HookView<'_>, &Selector)> {
    policy.views().flat_map(|hook| hook.selectors.iter().map(move |selector| (hook, selector)))
}

/// Every selector of a policy that belongs to a hook in the kernel, for rules that ask where it is.
pub(super) fn kernel_selectors(policy: &Policy) -> impl Iterator<Item = (&Hook, &Selector)> {
    policy.hooks.iter().flat_map(|hook| hook.selectors.iter().map(move |selector| (hook, selector)))
}

/// Every test of a policy with its hook, those decided at return included.
pub(super) fn tests(policy: &Policy) -> impl Iterator<Item = (HookView<'_>, &Test)> {
    selectors(policy).flat_map(|(hook, one)| tests_of(one).map(move |test| (hook, test)))
}

/// The same of hooks in the kernel only.
pub(super) fn kernel_tests(policy: &Policy) -> impl Iterator<Item = (&Hook, &Test)> {
    kernel_selectors(policy).flat_map(|(hook, one)| tests_of(one).map(move |test| (hook, test)))
}

/// Every text that a policy compares whole, or from one end, with something.
pub(super) fn compared_texts(policy: &Policy) -> impl Iterator<Item = &TextPattern> {
    tests(policy).filter_map(|(_, test)| compared_set(test)).flat_map(|set| &set.patterns)
}

/// The texts of which a test wants one, whole or at one end.
pub(super) fn compared_set(test: &Test) -> Option<&TextSet> {
    match &test.question {
        Question::Text { set, .. } | Question::Binary { set } | Question::Lineage { set, .. } => {
            Some(set)
        }
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::Substring { .. }
        | Question::FileType { .. }
        | Question::Address { .. }
        | Question::Socket { .. }
        | Question::CapabilitiesGained { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => None,
    }
}

fn tests_of(selector: &Selector) -> impl Iterator<Item = &Test> {
    let both = [&selector.condition, &selector.return_condition];
    both.into_iter().flat_map(Expression::tests)
}

/// Tests that must all hold for the expression to hold. What stands below an `or` or a `not` is not
/// among them.
pub(super) fn joined(expression: &Expression) -> Vec<&Test> {
    match expression {
        Expression::All(parts) => parts.iter().flat_map(joined).collect(),
        Expression::Test(test) => vec![test],
        Expression::Any(_) | Expression::Not(_) => Vec::new(),
    }
}

/// Whether the expression is nothing but tests joined by `and`.
pub(super) fn is_joined(expression: &Expression) -> bool {
    match expression {
        Expression::All(parts) => parts.iter().all(is_joined),
        Expression::Test(_) => true,
        Expression::Any(_) | Expression::Not(_) => false,
    }
}

/// The first action that does something to the caller.
pub(super) fn enforcement(selector: &Selector) -> Option<&Action> {
    selector.actions.iter().find(|action| action.is_enforcement())
}

/// The argument that a test is about.
pub(super) fn argument<'a>(hook: HookView<'a>, test: &Test) -> Option<&'a Argument> {
    let id = match &test.question {
        Question::Integer { argument, .. }
        | Question::Bits { argument, .. }
        | Question::Text { argument, .. }
        | Question::Substring { argument, .. }
        | Question::FileType { argument, .. }
        | Question::Address { argument, .. }
        | Question::Socket { argument, .. } => *argument,
        Question::CapabilitiesGained { new, .. } => *new,
        Question::Binary { .. }
        | Question::Lineage { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => return None,
    };
    hook.argument(id)
}

/// The paths that a test compares with: of a file, a descriptor or an executable.
pub(super) fn paths<'a>(hook: HookView<'_>, test: &'a Test) -> Option<&'a TextSet> {
    let set = compared_set(test)?;
    let Question::Text { .. } = test.question else { return Some(set) };
    match argument(hook, test)?.reader {
        Reader::File
        | Reader::Path
        | Reader::Binprm
        | Reader::Descriptor
        | Reader::Structure(Structure::Dentry) => Some(set),
        Reader::Nothing
        | Reader::Integer { .. }
        | Reader::Filename
        | Reader::Text
        | Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => None,
    }
}

/// The numbers for which a test on an integer holds.
pub(super) fn numbers(hook: HookView<'_>, test: &Test) -> Option<IntegerSet> {
    let Question::Integer { set, .. } = &test.question else { return None };
    let (least, most) = argument(hook, test)?.reader.limits()?;
    Some(match test.sense {
        Sense::Is => set.within(least, most),
        Sense::IsNot => complement(set, least, most),
    })
}

fn complement(set: &IntegerSet, least: i128, most: i128) -> IntegerSet {
    let mut gaps = Vec::new();
    let mut next = least;
    for &(low, high) in set.ranges() {
        gaps.push((next, low - 1));
        next = high + 1;
    }
    gaps.push((next, most));
    IntegerSet::from_ranges(gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_complement_of_a_set_is_the_rest_of_the_type() {
        let set = IntegerSet::from_ranges([(0, 3), (250, 255)]);
        assert_eq!(complement(&set, 0, 255).ranges(), [(4, 249)]);
    }
}
