//! What several rules ask about policies: tests joined by `and`, what implies what.

use std::collections::BTreeSet;

use writ_bundle::Pattern;

use crate::resolved::{
    Action, Argument, ArgumentId, Expression, Hook, Policy, Question, Reader, Selector, Sense,
    Structure, Test,
};
use crate::set::{IntegerSet, TextSet};

/// Every selector of a policy with its hook.
pub(super) fn selectors(policy: &Policy) -> impl Iterator<Item = (&Hook, &Selector)> {
    policy.hooks.iter().flat_map(|hook| hook.selectors.iter().map(move |selector| (hook, selector)))
}

/// Every test of a policy with its hook, those decided at return included.
pub(super) fn tests(policy: &Policy) -> impl Iterator<Item = (&Hook, &Test)> {
    selectors(policy).flat_map(|(hook, selector)| {
        let both = [&selector.condition, &selector.return_condition];
        both.into_iter().flat_map(Expression::tests).map(move |test| (hook, test))
    })
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
pub(super) fn argument<'a>(hook: &'a Hook, test: &Test) -> Option<&'a Argument> {
    let id = match &test.question {
        Question::Integer { argument, .. }
        | Question::Bits { argument, .. }
        | Question::Text { argument, .. }
        | Question::Substring { argument, .. }
        | Question::FileType { argument, .. }
        | Question::Address { argument, .. }
        | Question::Socket { argument, .. }
        | Question::ListedSyscall { argument, .. } => *argument,
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
    match id {
        ArgumentId::Argument(place) => hook.arguments.get(place),
        ArgumentId::Data(place) => hook.data.get(place),
        ArgumentId::Return => hook.return_argument.as_ref(),
    }
}

/// The paths that a test compares with: of a file, a descriptor or an executable.
pub(super) fn paths<'a>(hook: &Hook, test: &'a Test) -> Option<&'a TextSet> {
    match &test.question {
        Question::Binary { set } | Question::Lineage { set, .. } => Some(set),
        Question::Text { set, .. } => match argument(hook, test)?.reader {
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
        },
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::Substring { .. }
        | Question::FileType { .. }
        | Question::Address { .. }
        | Question::Socket { .. }
        | Question::CapabilitiesGained { .. }
        | Question::ListedSyscall { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => None,
    }
}

/// The numbers for which a test on an integer holds.
pub(super) fn numbers(hook: &Hook, test: &Test) -> Option<IntegerSet> {
    let Question::Integer { set, .. } = &test.question else { return None };
    let (least, most) = argument(hook, test)?.reader.limits()?;
    Some(match test.sense {
        Sense::Is => set.within(least, most),
        Sense::IsNot => complement(set, least, most),
    })
}

/// Whether a text that matches `narrow` always matches `wide`.
pub(super) fn covers(wide: &Pattern, narrow: &Pattern) -> bool {
    match (wide, narrow) {
        (Pattern::Equal(wide), Pattern::Equal(narrow)) => wide == narrow,
        (Pattern::Prefix(wide), Pattern::Equal(narrow) | Pattern::Prefix(narrow)) => {
            narrow.starts_with(wide.as_str())
        }
        (Pattern::Postfix(wide), Pattern::Equal(narrow) | Pattern::Postfix(narrow)) => {
            narrow.ends_with(wide.as_str())
        }
        (Pattern::Equal(_), Pattern::Prefix(_) | Pattern::Postfix(_))
        | (Pattern::Prefix(_), Pattern::Postfix(_))
        | (Pattern::Postfix(_), Pattern::Prefix(_)) => false,
    }
}

/// The most pairs of patterns or ranges that are compared for one answer. Beyond that nothing is
/// certain: a lint must not take longer than the compilation.
const PAIRS_MAX: usize = 100_000;

/// Whether comparing everything with everything takes too long.
fn too_many(left: usize, right: usize) -> bool {
    left.saturating_mul(right) > PAIRS_MAX
}

/// Whether a text in `narrow` is always in `wide`; `false` when that is not certain.
pub(super) fn includes(wide: &TextSet, narrow: &TextSet) -> bool {
    if too_many(wide.patterns.len(), narrow.patterns.len()) {
        return false;
    }
    narrow
        .patterns
        .iter()
        .all(|narrow| wide.patterns.iter().any(|wide| covers(&wide.pattern, &narrow.pattern)))
}

/// Whether `weak` holds whenever `strong` does. `false` when that is not certain.
pub(super) fn implies(hook: &Hook, strong: &Test, weak: &Test) -> bool {
    if strong.sense == weak.sense && strong.question == weak.question {
        return true;
    }
    if let Some((strong_set, weak_set)) = same_texts(strong, weak) {
        return match (strong.sense, weak.sense) {
            (Sense::Is, Sense::Is) => includes(weak_set, strong_set),
            (Sense::IsNot, Sense::IsNot) => includes(strong_set, weak_set),
            (Sense::Is, Sense::IsNot) => apart(strong_set, weak_set),
            (Sense::IsNot, Sense::Is) => false,
        };
    }
    match (&strong.question, &weak.question) {
        (Question::Integer { argument: left, .. }, Question::Integer { argument: right, .. })
            if left == right =>
        {
            numbers(hook, weak).zip(numbers(hook, strong)).is_some_and(|(w, s)| w.includes(&s))
        }
        (
            Question::Namespace { kind: left, values: strong_values },
            Question::Namespace { kind: right, values: weak_values },
        ) if left == right => {
            let strong_values: BTreeSet<_> = strong_values.iter().collect();
            let weak_values: BTreeSet<_> = weak_values.iter().collect();
            match (strong.sense, weak.sense) {
                (Sense::Is, Sense::Is) => strong_values.is_subset(&weak_values),
                (Sense::IsNot, Sense::IsNot) => weak_values.is_subset(&strong_values),
                // An inode number may be the host's.
                (Sense::Is, Sense::IsNot) | (Sense::IsNot, Sense::Is) => false,
            }
        }
        _ => false,
    }
}

/// Whether no event can pass both tests. `false` when that is not certain.
pub(super) fn exclude(hook: &Hook, left: &Test, right: &Test) -> bool {
    if left.question == right.question && left.sense != right.sense {
        return true;
    }
    if let Some((left_set, right_set)) = same_texts(left, right) {
        return match (left.sense, right.sense) {
            (Sense::Is, Sense::Is) => apart(left_set, right_set),
            (Sense::Is, Sense::IsNot) => includes(right_set, left_set),
            (Sense::IsNot, Sense::Is) => includes(left_set, right_set),
            (Sense::IsNot, Sense::IsNot) => false,
        };
    }
    match (&left.question, &right.question) {
        (Question::Integer { argument: one, .. }, Question::Integer { argument: other, .. })
            if one == other =>
        {
            let both = numbers(hook, left).zip(numbers(hook, right));
            both.is_some_and(|(one, other)| {
                if too_many(one.ranges().len(), other.ranges().len()) {
                    return false;
                }
                let shared = |&(low, high): &(i128, i128)| !one.within(low, high).is_empty();
                !other.ranges().iter().any(shared)
            })
        }
        _ => false,
    }
}

/// The sets of two tests on the same text.
fn same_texts<'a>(left: &'a Test, right: &'a Test) -> Option<(&'a TextSet, &'a TextSet)> {
    match (&left.question, &right.question) {
        (Question::Binary { set: left }, Question::Binary { set: right }) => Some((left, right)),
        (
            Question::Text { argument: one, set: left },
            Question::Text { argument: other, set: right },
        ) if one == other => Some((left, right)),
        _ => None,
    }
}

/// Whether no text is in both sets; `false` when that is not certain.
fn apart(left: &TextSet, right: &TextSet) -> bool {
    if too_many(left.patterns.len(), right.patterns.len()) {
        return false;
    }
    left.patterns.iter().all(|one| {
        right.patterns.iter().all(|other| match (&one.pattern, &other.pattern) {
            (Pattern::Equal(text), pattern) | (pattern, Pattern::Equal(text)) => {
                !pattern.matches(text.as_bytes())
            }
            (Pattern::Prefix(one), Pattern::Prefix(other)) => {
                !one.starts_with(other.as_str()) && !other.starts_with(one.as_str())
            }
            (Pattern::Postfix(one), Pattern::Postfix(other)) => {
                !one.ends_with(other.as_str()) && !other.ends_with(one.as_str())
            }
            (Pattern::Prefix(_), Pattern::Postfix(_))
            | (Pattern::Postfix(_), Pattern::Prefix(_)) => false,
        })
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

    #[test]
    fn a_prefix_covers_what_begins_with_it() {
        let etc = Pattern::Prefix("/etc".into());
        assert!(covers(&etc, &Pattern::Equal("/etc/shadow".into())));
        assert!(covers(&etc, &Pattern::Prefix("/etc/".into())));
        assert!(!covers(&etc, &Pattern::Postfix("/etc".into())));
        assert!(!covers(&Pattern::Equal("/etc".into()), &etc));
    }
}
