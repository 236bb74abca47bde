//! Conditions as branches.

use super::program::Builder;
use super::{Part, workload};
use crate::ids::Id;
use crate::ir::{Block, Branch, Jump, Kin, Test};
use crate::policy::{CapabilitySet, NamespaceKind, Whose, Workloads};
use crate::resolved::{
    self, ArgumentId, Expression, HostProcesses, NamespaceValue, Question, Reach, Sense,
};
use crate::set::TextSet;
use crate::source::Span;

/// Where the answers of a condition lead.
#[derive(Debug, Clone, Copy)]
struct Ways {
    yes: Id<Block>,
    no: Id<Block>,
    /// A test that cannot be answered fails the whole rule, also under `not`.
    unknown: Id<Block>,
}

/// Fills `here` with a selector's condition: `matched` when it holds, `next` when it does not or
/// cannot be answered.
///
/// Tests that all must hold are asked in the order of what they cost. That changes nothing, since
/// one that fails and one that cannot be answered lead to the same place. Under `not` and `or` that
/// is not so, and the order stays as written.
pub(super) fn condition(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    condition: &Expression,
    here: Id<Block>,
    matched: Id<Block>,
    next: Id<Block>,
) {
    let mut parts = Vec::new();
    flatten(condition, &mut parts);
    parts.sort_by_key(|part| cost(part));
    all(builder, part, &parts, here, Ways { yes: matched, no: next, unknown: next });
}

fn flatten<'a>(expression: &'a Expression, parts: &mut Vec<&'a Expression>) {
    match expression {
        Expression::All(inner) => inner.iter().for_each(|part| flatten(part, parts)),
        Expression::Any(_) | Expression::Not(_) | Expression::Test(_) => parts.push(expression),
    }
}

/// The class of the dearest test, cheapest class first: a process id is one helper call, a
/// namespace a walk of two pointers, a binary set a map lookup; a number is read from the context;
/// a text must be built, then compared.
fn cost(expression: &Expression) -> u8 {
    let class = |test: &resolved::Test| match test.question {
        Question::Pid { .. } => 0,
        Question::Namespace { .. } | Question::Capability { .. } => 1,
        Question::Binary { .. }
        | Question::Workload { .. }
        | Question::Lineage { .. }
        | Question::CapabilityChange { .. }
        | Question::NamespaceChange { .. } => 2,
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::FileType { .. }
        | Question::CapabilitiesGained { .. }
        | Question::Cel { .. } => 3,
        Question::Text { .. } | Question::Address { .. } | Question::Socket { .. } => 4,
        Question::Substring { .. } => 5,
    };
    expression.tests().into_iter().map(class).max().unwrap_or(0)
}

fn expression(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    from: &Expression,
    here: Id<Block>,
    ways: Ways,
) {
    match from {
        Expression::All(parts) => {
            all(builder, part, &parts.iter().collect::<Vec<_>>(), here, ways);
        }
        Expression::Any(parts) => any(builder, part, parts, here, ways),
        Expression::Not(inner) => {
            let opposite = Ways { yes: ways.no, no: ways.yes, ..ways };
            expression(builder, part, inner, here, opposite);
        }
        Expression::Test(one) => test(builder, part, one, here, ways),
    }
}

/// Each part must hold: the first that does not decides.
fn all(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    parts: &[&Expression],
    here: Id<Block>,
    ways: Ways,
) {
    let Some((last, before)) = parts.split_last() else {
        return builder.fill(here, Vec::new(), Jump::To(ways.yes));
    };
    let mut here = here;
    for one in before {
        let next = builder.reserve();
        expression(builder, part, one, here, Ways { yes: next, ..ways });
        here = next;
    }
    expression(builder, part, last, here, ways);
}

/// One part must hold: the first that does decides.
fn any(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    parts: &[Expression],
    here: Id<Block>,
    ways: Ways,
) {
    let Some((last, before)) = parts.split_last() else {
        return builder.fill(here, Vec::new(), Jump::To(ways.no));
    };
    let mut here = here;
    for one in before {
        let next = builder.reserve();
        expression(builder, part, one, here, Ways { no: next, ..ways });
        here = next;
    }
    expression(builder, part, last, here, ways);
}

fn test(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    from: &resolved::Test,
    here: Id<Block>,
    ways: Ways,
) {
    let asked = ways;
    let ways = match from.sense {
        Sense::Is => ways,
        Sense::IsNot => Ways { yes: ways.no, no: ways.yes, ..ways },
    };
    match &from.question {
        Question::Integer { argument, set } => {
            let test = |value| Test::Integer { value, set: set.clone() };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::Bits { argument, mask } => {
            let test = |value| Test::Bits { value, mask: *mask };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::Text { argument, set } => {
            let test = |value| Test::Text { value, set: set.clone() };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::Socket { argument, field, set } => {
            let test = |value| Test::Socket { value, field: *field, set: set.clone() };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::Address { argument, end, networks } => {
            let test = |value| Test::Address { value, end: *end, networks: networks.clone() };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::CapabilitiesGained { new, old, mask } => match builder.value(part, *old) {
            Some(old) => {
                let test = |new| Test::Gained { new, old, mask: *mask };
                about_value(builder, part, *new, from.span, test, here, ways);
            }
            None => builder.fill(here, Vec::new(), Jump::To(ways.unknown)),
        },
        Question::Binary { set } => {
            let test = Test::Binary { set: builder.sets.binary(set) };
            branch(builder, from.span, test, here, ways);
        }
        Question::Workload { workloads } => {
            belongs(builder, part, workloads, from.span, here, ways);
        }
        Question::Pid { pids, is_namespace_pid, follow_forks } => {
            let pid = Test::Pid { pids: pids.clone(), is_namespace_pid: *is_namespace_pid };
            if !follow_forks {
                return branch(builder, from.span, pid, here, ways);
            }
            let descends = builder.reserve();
            branch(builder, from.span, pid, here, Ways { no: descends, ..ways });
            let set = builder.sets.follow(pids, *is_namespace_pid);
            branch(builder, from.span, Test::Descends { set }, descends, ways);
        }
        Question::Namespace { kind, values } => {
            let test = Test::Namespace { kind: *kind, values: values.clone() };
            branch(builder, from.span, test, here, ways);
        }
        Question::Substring { argument, texts, case } => {
            let texts = texts.iter().map(|text| text.value.clone());
            // A search ends at a zero byte, so a text with one inside is never found: TP0931.
            let texts: Vec<String> = texts.filter(|text| !text.contains('\0')).collect();
            if texts.is_empty() {
                return builder.fill(here, Vec::new(), Jump::To(ways.no));
            }
            let test = |value| Test::Substring { value, texts, case: *case };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::FileType { argument, types } => {
            let test = |value| Test::FileType { value, types: types.clone() };
            about_value(builder, part, *argument, from.span, test, here, ways);
        }
        Question::Lineage { whose, reach, set } => {
            let test = lineage(builder, *whose, *reach, set);
            branch(builder, from.span, test, here, ways);
        }
        Question::Capability { set, mask, hosts } => {
            let here = namespaced(builder, from.span, *hosts, here, ways);
            branch(builder, from.span, Test::Capability { set: *set, mask: *mask }, here, ways);
        }
        Question::CapabilityChange { set, mask, hosts } => {
            builder.sets.asks_baseline = true;
            let here = namespaced(builder, from.span, *hosts, here, ways);
            let test = capability_change(*set, *mask, from.sense);
            branch(builder, from.span, test, here, asked);
        }
        Question::NamespaceChange { kinds } => {
            builder.sets.asks_baseline = true;
            branch(builder, from.span, namespace_change(kinds, from.sense), here, asked);
        }
        Question::Cel { formula } => {
            let mut value = |argument: &ArgumentId| builder.value(part, *argument);
            match formula.renamed(&mut value) {
                Some(formula) => {
                    branch(builder, from.span, Test::Formula { formula }, here, ways);
                }
                None => builder.fill(here, Vec::new(), Jump::To(ways.unknown)),
            }
        }
    }
}

/// Whether the process belongs to a workload. Without selectors, every process does.
fn belongs(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    workloads: &Workloads,
    span: Span,
    here: Id<Block>,
    ways: Ways,
) {
    match workload::set(part.owner.namespace.as_deref(), workloads) {
        Some(set) => {
            let hosts = set.hosts;
            let test = Test::Workload { set: builder.sets.workload(set), hosts };
            branch(builder, span, test, here, ways);
        }
        None => builder.fill(here, Vec::new(), Jump::To(ways.yes)),
    }
}

fn lineage(builder: &mut Builder<'_>, whose: Whose, reach: Reach, set: &TextSet) -> Test {
    let set = builder.sets.binary(set);
    let kin = match (whose, reach) {
        (Whose::Process, Reach::Itself) => return Test::Binary { set },
        (Whose::Process, Reach::Descendants) => Kin::Line,
        (Whose::Parent, Reach::Itself) => Kin::Parent,
        (Whose::Parent, Reach::Descendants) => Kin::ParentLine,
    };
    builder.sets.asks_lineage = true;
    Test::Lineage { kin, set }
}

/// Fails the rule for processes of the host's user namespace when they do not count. The answer is
/// where the condition itself is to be asked.
fn namespaced(
    builder: &mut Builder<'_>,
    span: Span,
    hosts: HostProcesses,
    here: Id<Block>,
    ways: Ways,
) -> Id<Block> {
    match hosts {
        HostProcesses::Count => here,
        HostProcesses::FailTheRule => {
            let elsewhere = builder.reserve();
            let values = vec![NamespaceValue::Host];
            let test = Test::Namespace { kind: NamespaceKind::User, values };
            let ways = Ways { yes: ways.unknown, no: elsewhere, ..ways };
            branch(builder, span, test, here, ways);
            elsewhere
        }
    }
}

/// `NotIn` asks for a change of any other: it is a condition of its own, no opposite.
fn namespace_change(kinds: &[NamespaceKind], sense: Sense) -> Test {
    let is_meant = |kind: &NamespaceKind| kinds.contains(kind) == (sense == Sense::Is);
    Test::NamespaceChange { kinds: NamespaceKind::ALL.into_iter().filter(is_meant).collect() }
}

/// As [`namespace_change`].
fn capability_change(set: CapabilitySet, mask: u64, sense: Sense) -> Test {
    let mask = match sense {
        Sense::Is => mask,
        Sense::IsNot => !mask & CAPABILITIES,
    };
    Test::CapabilityChange { set, mask }
}

/// What capabilities there can be: one bit is left to say that a process is known.
const CAPABILITIES: u64 = u64::MAX >> 1;

/// A test of a value. An argument that is not read cannot be asked about: `resolve` refuses that,
/// and here it fails the rule.
fn about_value(
    builder: &mut Builder<'_>,
    part: &Part<'_>,
    argument: ArgumentId,
    span: Span,
    test: impl FnOnce(Id<crate::ir::Value>) -> Test,
    here: Id<Block>,
    ways: Ways,
) {
    match builder.value(part, argument) {
        Some(value) => branch(builder, span, test(value), here, ways),
        None => builder.fill(here, Vec::new(), Jump::To(ways.unknown)),
    }
}

fn branch(builder: &mut Builder<'_>, span: Span, test: Test, here: Id<Block>, ways: Ways) {
    let Ways { yes, no, unknown } = ways;
    let branch = Branch { span, test, yes, no, unknown };
    builder.fill(here, Vec::new(), Jump::Branch(branch));
}
