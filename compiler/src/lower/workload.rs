//! Which workloads a policy or a selector is for, as a set.

use writ_bundle::{ContainerSet, LabelOperator, LabelRule, LabelSelector, WorkloadSet};

use crate::policy::{self, Workloads};
use crate::source::Span;

/// The set that `workloads` of a policy in `namespace` means; `None` when every process is meant.
///
/// A namespaced policy is for pods of its namespace. Pods without a container selector are meant
/// with all their containers, and containers without a pod selector in all pods. Selectors that are
/// all absent ask nothing, and neither do those that all are `{}`.
pub(super) fn set(namespace: Option<&str>, workloads: &Workloads) -> Option<WorkloadSet> {
    let Workloads { pods, containers, hosts } = workloads;
    let is_of_containers = pods.is_some() || containers.is_some() || namespace.is_some();
    let selected =
        |one: &Option<policy::LabelSelector>| one.as_ref().map(selector).unwrap_or_default();
    let (pods, containers) = (selected(pods), selected(containers));
    let is_all = pods.0.is_empty() && containers.0.is_empty() && namespace.is_none();
    if is_all && is_of_containers == hosts.is_some() {
        return None;
    }
    Some(WorkloadSet {
        namespace: namespace.map(str::to_owned),
        containers: is_of_containers.then_some(ContainerSet { pods, containers }),
        hosts: hosts.is_some(),
    })
}

/// Where `workloads` are first named.
pub(super) fn place(workloads: &Workloads) -> Option<Span> {
    let Workloads { pods, containers, hosts } = workloads;
    let places = [pods, containers].into_iter().flatten().map(|one| one.span);
    places.chain(*hosts).min()
}

/// The same question in canonical form: a label of `matchLabels` is one value of `In`.
pub(super) fn selector(from: &policy::LabelSelector) -> LabelSelector {
    let labels = from.labels.iter().map(|(key, value)| LabelRule {
        key: key.value.clone(),
        operator: LabelOperator::In,
        values: vec![value.value.clone()],
    });
    let expressions = from.expressions.iter().map(|one| {
        let mut values: Vec<String> = one.values.iter().map(|value| value.value.clone()).collect();
        values.sort_unstable();
        values.dedup();
        LabelRule { key: one.key.value.clone(), operator: operator(one.operator.value), values }
    });
    let mut rules: Vec<LabelRule> = labels.chain(expressions).collect();
    rules.sort_unstable();
    rules.dedup();
    LabelSelector(rules)
}

fn operator(from: policy::LabelOperator) -> LabelOperator {
    match from {
        policy::LabelOperator::In => LabelOperator::In,
        policy::LabelOperator::NotIn => LabelOperator::NotIn,
        policy::LabelOperator::Exists => LabelOperator::Exists,
        policy::LabelOperator::DoesNotExist => LabelOperator::DoesNotExist,
    }
}
