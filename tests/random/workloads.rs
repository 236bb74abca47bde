//! Random workloads, and policies and conditions that are for some of them.

use writ::policy::{LabelExpression, LabelOperator, LabelSelector, Workloads};
use writ::source::Spanned;
use writ_bundle::Workload;

use super::Random;
use super::policies::span;

/// Few enough that selectors hold now and then.
const KEYS: [&str; 2] = ["app", "tier"];
const VALUES: [&str; 3] = ["a", "b", "c"];

/// The container of the calling process, if it is in one.
pub(crate) fn workload(random: &mut Random) -> Option<Workload> {
    if random.once_in(3) {
        return None;
    }
    let labels = KEYS.iter().filter(|_| random.once_in(2)).copied().collect::<Vec<_>>();
    let labels = labels.into_iter().map(|key| (key.to_owned(), word(random))).collect();
    Some(Workload { namespace: word(random), labels, container: word(random) })
}

/// The Kubernetes namespace of a policy, if it has one.
pub(crate) fn namespace(random: &mut Random) -> Option<String> {
    random.once_in(6).then(|| word(random))
}

/// What a policy or a condition is for; `host` says whether it may be for the host.
pub(crate) fn workloads(random: &mut Random, host: Host) -> Workloads {
    Workloads {
        pods: random.once_in(2).then(|| selector(random, &KEYS)),
        containers: random.once_in(3).then(|| selector(random, &["name"])),
        hosts: (host == Host::Allowed && random.once_in(3)).then(span),
    }
}

/// Whether a policy may be for processes of the host. A namespaced one may not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Allowed,
    Refused,
}

fn selector(random: &mut Random, keys: &[&str]) -> LabelSelector {
    let expression = |random: &mut Random| LabelExpression {
        span: span(),
        key: spanned((*random.one_of(keys)).to_owned()),
        operator: spanned(*random.one_of(&LabelOperator::ALL)),
        values: (0..random.length(0..3)).map(|_| spanned(word(random))).collect(),
    };
    LabelSelector {
        span: span(),
        labels: (0..random.length(0..2))
            .map(|_| (spanned((*random.one_of(keys)).to_owned()), spanned(word(random))))
            .collect(),
        expressions: (0..random.length(0..2)).map(|_| expression(random)).collect(),
    }
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, span())
}

fn word(random: &mut Random) -> String {
    (*random.one_of(&VALUES)).to_owned()
}
