//! Which processes a policy or a selector is for: pods, containers and what runs on the host.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Workloads that are meant together. Set `n` of a bundle is bit `n % 64` of word `n / 64` of a
/// value in the map [`super::maps::WORKLOADS`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkloadSet {
    /// Pods of this Kubernetes namespace only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Containers that are meant; `None` means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containers: Option<ContainerSet>,
    /// Whether processes that are in no known container are meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hosts: bool,
}

/// Containers, by the labels of their pods and by their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContainerSet {
    pub pods: LabelSelector,
    /// Containers have the label `name`.
    pub containers: LabelSelector,
}

/// Labels that are asked for: every one must be as it says, and an empty list asks nothing.
/// Ordered and without repetition, so that equal selectors are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabelSelector(pub Vec<LabelRule>);

/// What is asked of one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LabelRule {
    pub key: String,
    pub operator: LabelOperator,
    /// Ordered and without repetition; empty for `Exists` and `DoesNotExist`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LabelOperator {
    /// It is there, with one of the values.
    In,
    /// It is not there, or with another value.
    NotIn,
    Exists,
    DoesNotExist,
}

/// Names and their values.
pub type Labels = BTreeMap<String, String>;

/// A container of a pod, as far as sets ask about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Workload {
    /// The pod's Kubernetes namespace.
    pub namespace: String,
    /// The pod's labels.
    pub labels: Labels,
    /// The container's name.
    pub container: String,
}

impl WorkloadSet {
    /// Whether a process of this container is meant; `None` is a process that is in none.
    pub fn contains(&self, workload: Option<&Workload>) -> bool {
        let Some(workload) = workload else { return self.hosts };
        let is_namespace = self.namespace.as_ref().is_none_or(|one| *one == workload.namespace);
        is_namespace && self.containers.as_ref().is_some_and(|set| set.contains(workload))
    }
}

impl ContainerSet {
    fn contains(&self, workload: &Workload) -> bool {
        let own = Labels::from([(CONTAINER_NAME.to_owned(), workload.container.clone())]);
        self.pods.matches(&workload.labels) && self.containers.matches(&own)
    }
}

/// The label that every container has.
const CONTAINER_NAME: &str = "name";

impl LabelSelector {
    /// Whether every rule holds.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|rule| rule.holds(labels))
    }
}

impl LabelRule {
    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            LabelOperator::In => value.is_some_and(|value| self.values.contains(value)),
            LabelOperator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            LabelOperator::Exists => value.is_some(),
            LabelOperator::DoesNotExist => value.is_none(),
        }
    }
}

/// In one canonical text.
impl fmt::Display for WorkloadSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if let Some(set) = &self.containers {
            let of = self.namespace.as_ref().map_or(String::new(), |name| format!(" of `{name}`"));
            words.push(format!("pods{of}{}", set.pods));
            if !set.containers.0.is_empty() {
                words.push(format!("containers{}", set.containers));
            }
        }
        if self.hosts {
            words.push("host".to_owned());
        }
        formatter.write_str(&words.join(", "))
    }
}

/// A space and the rules in parentheses; nothing when nothing is asked.
impl fmt::Display for LabelSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |rule: &LabelRule| match rule.operator {
            LabelOperator::In => format!("{} in {:?}", rule.key, rule.values),
            LabelOperator::NotIn => format!("{} not in {:?}", rule.key, rule.values),
            LabelOperator::Exists => rule.key.clone(),
            LabelOperator::DoesNotExist => format!("no {}", rule.key),
        };
        if self.0.is_empty() {
            return Ok(());
        }
        let rules: Vec<String> = self.0.iter().map(words).collect();
        write!(formatter, " ({})", rules.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(key: &str, operator: LabelOperator, values: &[&str]) -> LabelSelector {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        LabelSelector(vec![LabelRule { key: key.to_owned(), operator, values }])
    }

    fn workload() -> Workload {
        Workload {
            namespace: "shop".into(),
            labels: Labels::from([("app".into(), "cart".into())]),
            container: "main".into(),
        }
    }

    #[test]
    fn each_operator_asks_what_kubernetes_documents() {
        let labels = workload().labels;
        for (selector, matches) in [
            (rule("app", LabelOperator::In, &["cart", "pay"]), true),
            (rule("app", LabelOperator::In, &["pay"]), false),
            (rule("tier", LabelOperator::In, &["cart"]), false),
            (rule("app", LabelOperator::NotIn, &["cart"]), false),
            (rule("app", LabelOperator::NotIn, &["pay"]), true),
            (rule("tier", LabelOperator::NotIn, &["cart"]), true),
            (rule("app", LabelOperator::Exists, &[]), true),
            (rule("tier", LabelOperator::Exists, &[]), false),
            (rule("app", LabelOperator::DoesNotExist, &[]), false),
            (rule("tier", LabelOperator::DoesNotExist, &[]), true),
            (LabelSelector::default(), true),
        ] {
            assert_eq!(selector.matches(&labels), matches, "{selector:?}");
        }
    }

    #[test]
    fn namespace_pod_and_container_must_all_be_meant() {
        let containers = |pods, containers| Some(ContainerSet { pods, containers });
        let set = |namespace: &str, containers| WorkloadSet {
            namespace: Some(namespace.into()),
            containers,
            hosts: false,
        };
        let all = LabelSelector::default;
        let name = |name: &str| rule("name", LabelOperator::In, &[name]);
        let app = |app: &str| rule("app", LabelOperator::In, &[app]);
        for (set, contains) in [
            (set("shop", containers(all(), all())), true),
            (set("bank", containers(all(), all())), false),
            (set("shop", containers(app("cart"), name("main"))), true),
            (set("shop", containers(app("pay"), name("main"))), false),
            (set("shop", containers(app("cart"), name("sidecar"))), false),
            (set("shop", None), false),
        ] {
            assert_eq!(set.contains(Some(&workload())), contains, "{set:?}");
        }
    }

    #[test]
    fn what_is_in_no_container_is_the_host() {
        let set = |hosts| WorkloadSet { namespace: None, containers: None, hosts };
        assert!(set(true).contains(None) && !set(false).contains(None));
        assert!(!set(true).contains(Some(&workload())));
    }
}
