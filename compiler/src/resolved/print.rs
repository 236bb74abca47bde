//! Resolved selectors as canonical text: what bundles carry, so that two of them can be compared
//! without their sources.
//!
//! Two selectors that ask and do the same give the same text, whichever language they were written
//! in and in whatever order values were listed.

use writ_bundle::Pattern;

use super::{
    Action, ArgumentId, Expression, Extras, Hook, HostProcesses, Policy, Question, Reach, Selector,
    Sense, Test,
};
use crate::policy::{LabelSelector, Whose, Workloads};
use crate::set::{IntegerSet, TextSet};

/// What one selector asks and does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorWords {
    pub condition: String,
    pub actions: Vec<String>,
    /// Only for hooks that report the return value.
    pub return_condition: Option<String>,
    /// Empty for hooks that do not report the return value.
    pub return_actions: Vec<String>,
}

/// Everything that a policy says, as lines of text: two policies with the same text do the same.
pub fn policy(policy: &Policy) -> String {
    let mut lines = vec![format!("{:?} {} {:?}", policy.namespace, policy.name, policy.mode)];
    for hook in policy.hooks.iter().chain(&policy.program_hooks) {
        let attached: Vec<_> = [Some(&hook.attachment), hook.return_attachment.as_ref()]
            .into_iter()
            .flatten()
            .map(|attachment| &attachment.attach)
            .collect();
        lines.push(format!("{:?} {attached:?} {:?} {:?}", hook.kind, hook.message, hook.tags));
        let values = hook.arguments.iter().chain(&hook.return_argument);
        lines.extend(values.map(|value| {
            format!("{:?} {:?} {:?} {:?}", value.type_, value.label, value.origin, value.reader)
        }));
        lines.extend(hook.selectors.iter().map(|one| {
            let words = selector(hook, one);
            format!("{:?} {words:?}", one.label)
        }));
    }
    lines.join("\n")
}

/// The words for `selector` of `hook`.
pub fn selector(hook: &Hook, selector: &Selector) -> SelectorWords {
    let has_return = hook.return_argument.is_some();
    let words = |actions: &[Action]| actions.iter().map(action).collect();
    SelectorWords {
        condition: expression(hook, &selector.condition),
        actions: words(&selector.actions),
        return_condition: has_return.then(|| expression(hook, &selector.return_condition)),
        return_actions: if has_return { words(&selector.return_actions) } else { Vec::new() },
    }
}

fn expression(hook: &Hook, from: &Expression) -> String {
    match from {
        Expression::All(parts) => joined(hook, parts, " and ", "always"),
        Expression::Any(parts) => joined(hook, parts, " or ", "never"),
        Expression::Not(part) => format!("not ({})", expression(hook, part)),
        Expression::Test(one) => test(hook, one),
    }
}

fn joined(hook: &Hook, parts: &[Expression], word: &str, none: &str) -> String {
    match parts {
        [] => none.into(),
        [one] => expression(hook, one),
        _ => {
            let texts: Vec<String> = parts.iter().map(|part| grouped(hook, part)).collect();
            texts.join(word)
        }
    }
}

/// A part of a longer expression, in parentheses where its own words would run into the others.
fn grouped(hook: &Hook, part: &Expression) -> String {
    let text = expression(hook, part);
    match part {
        Expression::All(inner) | Expression::Any(inner) if inner.len() > 1 => format!("({text})"),
        Expression::All(_) | Expression::Any(_) | Expression::Not(_) | Expression::Test(_) => text,
    }
}

fn test(hook: &Hook, test: &Test) -> String {
    let not = match test.sense {
        Sense::Is => "",
        Sense::IsNot => "not ",
    };
    match &test.question {
        Question::Integer { argument, set } => {
            format!("{} {not}in [{}]", name(hook, *argument), integers(set))
        }
        Question::Bits { argument, mask } => {
            format!("{} {not}has_bits {mask:#x}", name(hook, *argument))
        }
        Question::Text { argument, set } => {
            format!("{} {not}in [{}]", name(hook, *argument), texts(set))
        }
        Question::Address { argument, end, networks } => {
            let mut networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
            networks.sort_unstable();
            let end = end.word();
            format!("{}.{end} {not}in [{}]", name(hook, *argument), networks.join(", "))
        }
        Question::Socket { argument, field, set } => {
            format!("{}.{} {not}in [{}]", name(hook, *argument), field.words(), integers(set))
        }
        Question::CapabilitiesGained { new, old, mask } => {
            format!("{} {not}gains {mask:#x} over {}", name(hook, *new), name(hook, *old))
        }
        Question::Binary { set } => format!("process.binary {not}in [{}]", texts(set)),
        Question::Pid { pids, is_namespace_pid, follow_forks } => {
            let subject = if *is_namespace_pid { "process.nspid" } else { "process.pid" };
            let descendants = if *follow_forks { " and descendants" } else { "" };
            let mut pids = pids.clone();
            pids.sort_unstable();
            pids.dedup();
            format!("{subject} {not}in [{}]{descendants}", list(&pids, u32::to_string))
        }
        Question::Namespace { kind, values } => {
            let mut values = values.clone();
            values.sort_unstable();
            values.dedup();
            format!("ns.{} {not}in [{}]", kind.word(), list(&values, |value| value.word()))
        }
        Question::Lineage { whose, reach, set } => {
            let subject = match whose {
                Whose::Process => "process.binary",
                Whose::Parent => "parent.binary",
            };
            let children = match reach {
                Reach::Itself => "",
                Reach::Descendants => " and children",
            };
            format!("{subject} {not}in [{}]{children}", texts(set))
        }
        Question::NamespaceChange { kinds } => {
            format!("changed ns {not}in [{}]", list(kinds, |kind| kind.word().to_owned()))
        }
        Question::Capability { set, mask, hosts } => {
            format!("cap.{} {not}has {mask:#x}{}", set.word(), namespaced(*hosts))
        }
        Question::CapabilityChange { set, mask, hosts } => {
            format!("changed cap.{} {not}in {mask:#x}{}", set.word(), namespaced(*hosts))
        }
        Question::Cel { formula } => {
            let formula = formula.words(&|argument| name(hook, *argument));
            match test.sense {
                Sense::Is => formula,
                Sense::IsNot => format!("!({formula})"),
            }
        }
        Question::Workload { workloads } => format!("{not}{}", workload_words(workloads)),
        // Nothing is compared with these so far: no bundle can hold them.
        question @ (Question::Substring { .. } | Question::FileType { .. }) => {
            format!("{not}{question:?}")
        }
    }
}

fn namespaced(hosts: HostProcesses) -> &'static str {
    match hosts {
        HostProcesses::Count => "",
        HostProcesses::FailTheRule => " namespaced",
    }
}

fn name(hook: &Hook, argument: ArgumentId) -> String {
    match argument {
        ArgumentId::Return => "return".into(),
        ArgumentId::Argument(place) => hook
            .arguments
            .get(place)
            .and_then(|argument| argument.name.clone())
            .unwrap_or_else(|| format!("#{place}")),
        ArgumentId::Data(place) => format!("data #{place}"),
    }
}

/// Which workloads are meant, as they were written.
fn workload_words(workloads: &Workloads) -> String {
    let Workloads { pods, containers, hosts } = workloads;
    let mut words = Vec::new();
    for (name, selector) in [("pods", pods), ("containers", containers)] {
        words.extend(selector.as_ref().map(|one| format!("{name} {{{}}}", label_words(one))));
    }
    words.extend(hosts.map(|_| "hosts".to_owned()));
    format!("workload in [{}]", words.join(", "))
}

fn label_words(selector: &LabelSelector) -> String {
    let labels = selector.labels.iter();
    let labels = labels.map(|(key, value)| format!("{} In {:?}", key.value, [&value.value]));
    let expressions = selector.expressions.iter().map(|one| {
        let mut values: Vec<&str> = one.values.iter().map(|value| value.value.as_str()).collect();
        values.sort_unstable();
        values.dedup();
        format!("{} {} {values:?}", one.key.value, one.operator.value.name())
    });
    let mut words: Vec<String> = labels.chain(expressions).collect();
    words.sort_unstable();
    words.dedup();
    words.join(", ")
}

fn integers(set: &IntegerSet) -> String {
    list(
        set.ranges(),
        |&(low, high)| {
            if low == high { low.to_string() } else { format!("{low}..{high}") }
        },
    )
}

fn texts(set: &TextSet) -> String {
    list(&set.plain().patterns, |pattern| match pattern {
        Pattern::Equal(text) => format!("{text:?}"),
        Pattern::Prefix(text) => format!("{text:?}*"),
        Pattern::Postfix(text) => format!("*{text:?}"),
    })
}

fn list<T>(values: &[T], text: impl FnMut(&T) -> String) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// What an event shows besides its values, in the words of the Writ language.
fn with(extras: Extras) -> String {
    let Extras { kernel_stack, user_stack, ima_hash } = extras;
    let words = [
        kernel_stack.map(|_| "kernel_stack"),
        user_stack.map(|_| "user_stack"),
        ima_hash.map(|_| "ima_hash"),
    ];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    if words.is_empty() { String::new() } else { format!(" with {}", words.join(", ")) }
}

/// Which argument a socket is, by its place in the hook's list.
fn tracked(argument: ArgumentId) -> String {
    match argument {
        ArgumentId::Argument(place) => format!("argument {place}"),
        ArgumentId::Data(place) => format!("data {place}"),
        ArgumentId::Return => "the result".into(),
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Post { rate_limit, extras, .. } => {
            let limit = rate_limit.map(|limit| {
                format!(" once per {} ms per {}", limit.milliseconds, limit.scope.name())
            });
            format!("post{}{}", limit.unwrap_or_default(), with(*extras))
        }
        Action::Redirect { registers, to, .. } => {
            let registers: Vec<String> = registers.iter().map(ToString::to_string).collect();
            let to = to.as_ref().map_or_else(String::new, |to| format!(" at {to}"));
            format!("resume registers {registers:?}{to}")
        }
        other @ (Action::NotifyEnforcer { .. }
        | Action::CleanupEnforcerNotification { .. }
        | Action::Set { .. }) => format!("{other:?}"),
        Action::GetUrl { url, .. } => format!("get_url {url:?}"),
        Action::DnsLookup { name, .. } => format!("dns_lookup {name:?}"),
        Action::TrackSock { argument, .. } => format!("track {}", tracked(*argument)),
        Action::UntrackSock { argument, .. } => format!("untrack {}", tracked(*argument)),
        Action::NoPost { .. } => "drop".into(),
        Action::Signal { number: 9, .. } => "kill".into(),
        Action::Signal { number, .. } => format!("signal {number}"),
        Action::Override { error, .. } => format!("deny {error}"),
    }
}
