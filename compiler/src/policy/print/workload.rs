//! Workloads and labels as text.

use super::text::quoted;
use crate::policy::{LabelExpression, LabelOperator, LabelSelector, Workloads};
use crate::source::Spanned;

/// What has labels, as the language calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Pod,
    Container,
    Node,
}

/// A condition on workloads: one label alone, or `workload(…)`.
pub(super) fn workloads(workloads: &Workloads) -> String {
    let Workloads { pods, containers, hosts } = workloads;
    let single = match (pods, containers, hosts) {
        (Some(pods), None, None) => Some((pods, Owner::Pod)),
        (None, Some(containers), None) => Some((containers, Owner::Container)),
        _ => None,
    };
    if let Some((selector, owner)) = single
        && let [only] = labels(selector, owner).as_slice()
    {
        return only.clone();
    }
    let part = |name: &str, selector: &Option<LabelSelector>, owner| {
        selector
            .as_ref()
            .map(|selector| format!("{name}({})", labels(selector, owner).join(" and ")))
    };
    let both: Vec<String> =
        [part("pods", pods, Owner::Pod), part("containers", containers, Owner::Container)]
            .into_iter()
            .flatten()
            .collect();
    let mut parts = vec![both.join(" and ")];
    parts.extend(hosts.map(|_| "host".to_owned()));
    parts.retain(|part| !part.is_empty());
    format!("workload({})", parts.join(" or "))
}

/// Every test of a selector.
pub(super) fn labels(selector: &LabelSelector, owner: Owner) -> Vec<String> {
    let equal = selector
        .labels
        .iter()
        .map(|(key, value)| format!("{} == {}", label(key, owner), quoted(&value.value)));
    let expressions = selector.expressions.iter().map(|one| expression(one, owner));
    equal.chain(expressions).collect()
}

fn label(key: &Spanned<String>, owner: Owner) -> String {
    match owner {
        Owner::Container if key.value == "name" => "container.name".to_owned(),
        Owner::Container => format!("container.label[{}]", quoted(&key.value)),
        Owner::Pod => format!("pod.label[{}]", quoted(&key.value)),
        Owner::Node => format!("node.label[{}]", quoted(&key.value)),
    }
}

fn expression(expression: &LabelExpression, owner: Owner) -> String {
    let label = label(&expression.key, owner);
    let values: Vec<String> = expression.values.iter().map(|value| quoted(&value.value)).collect();
    match expression.operator.value {
        LabelOperator::In => format!("{label} in [{}]", values.join(", ")),
        LabelOperator::NotIn => match values.as_slice() {
            [only] => format!("{label} != {only}"),
            _ => format!("{label} not in [{}]", values.join(", ")),
        },
        LabelOperator::Exists => format!("{label} is present"),
        LabelOperator::DoesNotExist => format!("{label} is not present"),
    }
}
