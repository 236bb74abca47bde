//! What follows from a test, and which tests exclude each other. Where that is not certain, the
//! answer is no.

use std::net::IpAddr;

use writ_bundle::Pattern;

use super::facts::numbers;
use crate::resolved::{HookView, NamespaceValue, Network, Question, Reach, Sense, Test};
use crate::set::{IntegerSet, TextSet};

/// Whether `weak` holds whenever `strong` does. `false` when that is not certain.
pub(super) fn implies(hook: HookView<'_>, strong: &Test, weak: &Test) -> bool {
    if strong.sense == weak.sense && strong.question == weak.question {
        return true;
    }
    if let Some((strong, weak)) = same_numbers(hook, strong, weak) {
        return weak.includes(&strong);
    }
    match (strong.sense, weak.sense) {
        (Sense::Is, Sense::Is) => within(&strong.question, &weak.question),
        (Sense::IsNot, Sense::IsNot) => within(&weak.question, &strong.question),
        (Sense::Is, Sense::IsNot) => disjoint(&strong.question, &weak.question),
        (Sense::IsNot, Sense::Is) => false,
    }
}

/// Whether no event can pass both tests. `false` when that is not certain.
pub(super) fn exclude(hook: HookView<'_>, left: &Test, right: &Test) -> bool {
    if left.question == right.question && left.sense != right.sense {
        return true;
    }
    if let Some((left, right)) = same_numbers(hook, left, right) {
        return no_shared_number(&left, &right);
    }
    match (left.sense, right.sense) {
        (Sense::Is, Sense::Is) => disjoint(&left.question, &right.question),
        (Sense::Is, Sense::IsNot) => within(&left.question, &right.question),
        (Sense::IsNot, Sense::Is) => within(&right.question, &left.question),
        (Sense::IsNot, Sense::IsNot) => false,
    }
}

/// The numbers for which two tests on the same argument hold.
fn same_numbers(hook: HookView<'_>, left: &Test, right: &Test) -> Option<(IntegerSet, IntegerSet)> {
    match (&left.question, &right.question) {
        (Question::Integer { argument: one, .. }, Question::Integer { argument: other, .. })
            if one == other =>
        {
            numbers(hook, left).zip(numbers(hook, right))
        }
        _ => None,
    }
}

fn no_shared_number(left: &IntegerSet, right: &IntegerSet) -> bool {
    if too_many(left.ranges().len(), right.ranges().len()) {
        return false;
    }
    !right.ranges().iter().any(|&(low, high)| !left.within(low, high).is_empty())
}

/// Whether the answer to `wide` is yes whenever that to `narrow` is.
fn within(narrow: &Question, wide: &Question) -> bool {
    use Question as Q;
    if let Some((narrow, wide)) = same_texts(narrow, wide) {
        return includes(wide, narrow);
    }
    if let Some((narrow, wide)) = same_pids(narrow, wide) {
        return all_in(narrow, wide);
    }
    match (narrow, wide) {
        (Q::Bits { argument: one, mask: narrow }, Q::Bits { argument: other, mask: wide }) => {
            one == other && narrow & !wide == 0
        }
        (
            Q::Namespace { kind: one, values: narrow },
            Q::Namespace { kind: other, values: wide },
        ) => one == other && all_in(narrow, wide),
        (Q::NamespaceChange { kinds: narrow }, Q::NamespaceChange { kinds: wide }) => {
            all_in(narrow, wide)
        }
        (
            Q::FileType { argument: one, types: narrow },
            Q::FileType { argument: other, types: wide },
        ) => one == other && all_in(narrow, wide),
        (
            Q::Capability { set: one, mask: narrow, hosts: left },
            Q::Capability { set: other, mask: wide, hosts: right },
        )
        | (
            Q::CapabilityChange { set: one, mask: narrow, hosts: left },
            Q::CapabilityChange { set: other, mask: wide, hosts: right },
        ) => one == other && left == right && narrow & !wide == 0,
        (
            Q::Substring { argument: one, texts: narrow, case: left },
            Q::Substring { argument: other, texts: wide, case: right },
        ) => {
            let has = |narrow: &str| wide.iter().any(|wide| narrow.contains(wide.value.as_str()));
            one == other
                && left == right
                && !too_many(narrow.len(), wide.len())
                && narrow.iter().all(|narrow| has(&narrow.value))
        }
        _ => match (same_networks(narrow, wide), same_fields(narrow, wide)) {
            (Some((narrow, wide)), _) => {
                !too_many(narrow.len(), wide.len())
                    && narrow.iter().all(|one| wide.iter().any(|wide| contains(wide, one)))
            }
            (None, Some((narrow, wide))) => wide.includes(narrow),
            (None, None) => false,
        },
    }
}

/// Whether the answer to both is never yes.
fn disjoint(left: &Question, right: &Question) -> bool {
    use Question as Q;
    if let Some((left, right)) = same_texts(left, right) {
        return apart(left, right);
    }
    if let Some((left, right)) = same_networks(left, right) {
        return !too_many(left.len(), right.len())
            && left.iter().all(|one| right.iter().all(|other| are_apart(one, other)));
    }
    if let Some((left, right)) = same_fields(left, right) {
        return no_shared_number(left, right);
    }
    match (left, right) {
        // With `followForks` a process belongs to all its ancestors.
        (Q::Pid { follow_forks: false, .. }, Q::Pid { .. }) => {
            same_pids(left, right).is_some_and(|(left, right)| none_in(left, right))
        }
        (Q::Namespace { kind: one, values: left }, Q::Namespace { kind: other, values: right }) => {
            // An inode number may be the host's.
            let has_host = |values: &[NamespaceValue]| values.contains(&NamespaceValue::Host);
            one == other && has_host(left) == has_host(right) && none_in(left, right)
        }
        (
            Q::FileType { argument: one, types: left },
            Q::FileType { argument: other, types: right },
        ) => one == other && none_in(left, right),
        _ => false,
    }
}

fn all_in<T: PartialEq>(narrow: &[T], wide: &[T]) -> bool {
    !too_many(narrow.len(), wide.len()) && narrow.iter().all(|one| wide.contains(one))
}

fn none_in<T: PartialEq>(left: &[T], right: &[T]) -> bool {
    !too_many(left.len(), right.len()) && !left.iter().any(|one| right.contains(one))
}

/// The numbers of two questions about the same process.
fn same_pids<'a>(left: &'a Question, right: &'a Question) -> Option<(&'a [u32], &'a [u32])> {
    let (
        Question::Pid { pids: left, is_namespace_pid: one, follow_forks: first },
        Question::Pid { pids: right, is_namespace_pid: other, follow_forks: second },
    ) = (left, right)
    else {
        return None;
    };
    (one == other && first == second).then_some((left, right))
}

/// The networks of two questions about the same end of one connection.
fn same_networks<'a>(
    left: &'a Question,
    right: &'a Question,
) -> Option<(&'a [Network], &'a [Network])> {
    let (
        Question::Address { argument: one, end: first, networks: left },
        Question::Address { argument: other, end: second, networks: right },
    ) = (left, right)
    else {
        return None;
    };
    (one == other && first == second).then_some((left, right))
}

/// The numbers of two questions about the same field of one connection.
fn same_fields<'a>(
    left: &'a Question,
    right: &'a Question,
) -> Option<(&'a IntegerSet, &'a IntegerSet)> {
    let (
        Question::Socket { argument: one, field: first, set: left },
        Question::Socket { argument: other, field: second, set: right },
    ) = (left, right)
    else {
        return None;
    };
    (one == other && first == second).then_some((left, right))
}

/// Whether every address of `inner` is in `outer`.
pub(super) fn contains(outer: &Network, inner: &Network) -> bool {
    outer.bits <= inner.bits
        && first_bits(outer.address, outer.bits) == first_bits(inner.address, outer.bits)
}

/// Whether no address is in both. IPv4 addresses can be written in IPv6.
fn are_apart(left: &Network, right: &Network) -> bool {
    left.address.is_ipv4() == right.address.is_ipv4()
        && !contains(left, right)
        && !contains(right, left)
}

/// The first bits of an address with its family.
fn first_bits(address: IpAddr, bits: u8) -> (bool, u128) {
    match address {
        IpAddr::V4(address) => {
            let shift = 32_u32.saturating_sub(bits.into());
            (true, u32::from(address).checked_shr(shift).unwrap_or(0).into())
        }
        IpAddr::V6(address) => {
            let shift = 128_u32.saturating_sub(bits.into());
            (false, u128::from(address).checked_shr(shift).unwrap_or(0))
        }
    }
}

/// The sets of two questions about the same text.
fn same_texts<'a>(left: &'a Question, right: &'a Question) -> Option<(&'a TextSet, &'a TextSet)> {
    match (left, right) {
        (Question::Binary { set: left }, Question::Binary { set: right }) => Some((left, right)),
        (
            Question::Text { argument: one, set: left },
            Question::Text { argument: other, set: right },
        ) if one == other => Some((left, right)),
        // A descendant can have ancestors in two sets.
        (
            Question::Lineage { whose: one, reach: Reach::Itself, set: left },
            Question::Lineage { whose: other, reach: Reach::Itself, set: right },
        ) if one == other => Some((left, right)),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{CapabilitySet, NamespaceKind};
    use crate::resolved::{ArgumentId, End, HostProcesses, SocketField};

    fn network(address: &str, bits: u8) -> Network {
        Network { address: address.parse().unwrap(), bits }
    }

    #[test]
    fn a_network_contains_its_parts_and_no_other_family() {
        let ten = network("10.0.0.0", 8);
        assert!(contains(&ten, &network("10.1.2.3", 32)));
        assert!(!contains(&network("10.1.0.0", 16), &ten));
        assert!(contains(&network("0.0.0.0", 0), &ten));
        assert!(!contains(&network("::", 0), &ten));
        assert!(!contains(&network("fd00::", 8), &network("fe80::", 10)));
    }

    #[test]
    fn networks_of_two_families_may_hold_the_same_address() {
        assert!(are_apart(&network("10.0.0.0", 8), &network("192.168.0.0", 16)));
        assert!(!are_apart(&network("10.0.0.0", 8), &network("::ffff:10.0.0.0", 104)));
    }

    fn pids(pids: &[u32], follow_forks: bool) -> Question {
        Question::Pid { pids: pids.to_vec(), is_namespace_pid: false, follow_forks }
    }

    fn ports(low: i128, high: i128) -> Question {
        let set = IntegerSet::from_ranges([(low, high)]);
        let argument = ArgumentId::Argument(0);
        Question::Socket { argument, field: SocketField::Port(End::Destination), set }
    }

    fn capabilities(mask: u64) -> Question {
        let set = CapabilitySet::Effective;
        Question::Capability { set, mask, hosts: HostProcesses::Count }
    }

    fn namespaces(values: &[NamespaceValue]) -> Question {
        Question::Namespace { kind: NamespaceKind::Pid, values: values.to_vec() }
    }

    #[test]
    fn fewer_values_are_within_more_of_them() {
        for (narrow, wide) in [
            (pids(&[1], false), pids(&[1, 2], false)),
            (ports(80, 80), ports(0, 1023)),
            (capabilities(0b10), capabilities(0b110)),
            (
                namespaces(&[NamespaceValue::Host]),
                namespaces(&[NamespaceValue::Inode(7), NamespaceValue::Host]),
            ),
        ] {
            assert!(within(&narrow, &wide), "{narrow:?}");
            assert!(!within(&wide, &narrow), "{wide:?}");
        }
    }

    #[test]
    fn different_values_are_disjoint_where_a_process_has_one_of_them() {
        assert!(disjoint(&pids(&[1], false), &pids(&[2], false)));
        assert!(disjoint(&ports(80, 80), &ports(443, 443)));
        let two =
            [NamespaceValue::Inode(7), NamespaceValue::Inode(8)].map(|one| namespaces(&[one]));
        assert!(disjoint(&two[0], &two[1]));
    }

    #[test]
    fn different_values_can_go_together_where_a_process_can_have_several() {
        assert!(!disjoint(&pids(&[1], true), &pids(&[2], true)), "it descends from both");
        assert!(!disjoint(&capabilities(1), &capabilities(2)), "it has both");
        let host = namespaces(&[NamespaceValue::Host]);
        let number = namespaces(&[NamespaceValue::Inode(4_026_531_836)]);
        assert!(!disjoint(&host, &number), "the number may be the host's");
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
