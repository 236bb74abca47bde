//! What each form means, and that a printed policy reads as the same policy.

pub(in crate::parse::dsl) use proptest::prelude::*;

use super::{read_clean, rules};
use crate::policy::print::print;
use crate::policy::random::{self, Flavour};
use crate::policy::{
    ActionKind, ArgumentReference, Condition, Expression, Hook, Operator, Point, Policy,
};
use crate::source::{Span, Spanned};

/// The only test of the only rule: its operator and its values.
fn test(rule: &str) -> (Operator, Vec<String>) {
    let policy = rules(rule);
    let Expression::All(parts) = &policy.hooks[0].selectors[0].condition else { unreachable!() };
    let [Expression::Test(condition)] = parts.as_slice() else { panic!("{parts:?}") };
    let values = |values: &[Spanned<String>]| values.iter().map(|one| one.value.clone()).collect();
    match condition {
        Condition::Argument { operator, values: list, .. }
        | Condition::Binary { operator, values: list, .. }
        | Condition::Namespace { operator, values: list, .. } => (operator.value, values(list)),
        Condition::Pid { operator, values, .. } => {
            (operator.value, values.iter().map(|one| one.value.to_string()).collect())
        }
        other @ (Condition::Cel { .. }
        | Condition::CapabilitiesGained { .. }
        | Condition::NamespaceChange { .. }
        | Condition::Capability { .. }
        | Condition::CapabilityChange { .. }
        | Condition::Workload { .. }) => panic!("{other:?}"),
    }
}

#[test]
fn each_comparison_is_the_operator_that_yaml_would_name() {
    let cases: &[(&str, Operator, &[&str])] = &[
        ("file == \"a\"", Operator::Equal, &["a"]),
        ("file != \"a\"", Operator::NotEqual, &["a"]),
        ("fd in [1, 0x2]", Operator::Equal, &["1", "0x2"]),
        ("fd not in [1, 2]", Operator::NotEqual, &["1", "2"]),
        ("fd in [1..5, -2..7]", Operator::InRange, &["1:5", "-2:7"]),
        ("fd not in 1..5", Operator::NotInRange, &["1:5"]),
        ("fd in [1, 2..5]", Operator::InMap, &["1", "2:5"]),
        ("fd not in [1, 2..5]", Operator::NotInMap, &["1", "2:5"]),
        ("fd in_map [1]", Operator::InMap, &["1"]),
        ("fd < 5", Operator::LessThan, &["5"]),
        ("fd > 5", Operator::GreaterThan, &["5"]),
        ("fd has_bits [1, 4]", Operator::Mask, &["1", "4"]),
        ("file starts_with \"a\"", Operator::Prefix, &["a"]),
        ("file not ends_with [\"a\", \"b\"]", Operator::NotPostfix, &["a", "b"]),
        ("file contains \"a\" ignoring case", Operator::SubStringIgnoreCase, &["a"]),
        ("file.type == regular", Operator::FileType, &["regular"]),
        ("file.daddr not in [10.0.0.0/8, ::1]", Operator::NotDAddr, &["10.0.0.0/8", "::1"]),
        ("file.sport in [80, 1..5]", Operator::SPort, &["80", "1:5"]),
        ("file.dport is not privileged", Operator::NotDPortPriv, &[]),
        ("process.binary == \"/a\"", Operator::In, &["/a"]),
        ("process.binary not starts_with \"/a\"", Operator::NotPrefix, &["/a"]),
        ("process.pid != 1", Operator::NotIn, &["1"]),
        ("ns.pid != host", Operator::NotIn, &["host_ns"]),
        ("ns.mnt in [host, 4026531840]", Operator::In, &["host_ns", "4026531840"]),
    ];
    for (condition, operator, values) in cases {
        let (found, list) = test(&format!("when {condition} => post"));
        assert_eq!((found, list), (*operator, values.iter().map(ToString::to_string).collect()));
    }
}

#[test]
fn at_most_is_not_greater() {
    let policy = rules("when fd <= 5 => post");
    let expected = rules("when not fd > 5 => post");
    assert_eq!(policy.without_spans(), expected.without_spans());
    assert!(print(&expected).contains("fd <= 5"), "{}", print(&expected));
}

#[test]
fn what_is_asked_of_the_return_value_is_parted_from_the_rest() {
    let policy = rules("when fd == 1 and (ret < 0 or ret > 5) and file == \"a\" => post");
    let selector = &policy.hooks[0].selectors[0];
    let Expression::All(entry) = &selector.condition else { unreachable!() };
    let Expression::All(returned) = &selector.return_condition else { unreachable!() };
    assert_eq!((entry.len(), returned.len()), (2, 1));
    assert!(matches!(&returned[0], Expression::Any(parts) if parts.len() == 2));
}

#[test]
fn actions_are_those_of_tracing_policy() {
    let policy = rules(
        "otherwise => post rate 10/min per process, drop, kill, signal SIGTERM, deny EPERM, \
         deny 13, return 0, post every 90s",
    );
    let actions: Vec<String> = policy.without_spans().hooks[0].selectors[0]
        .actions
        .iter()
        .map(|action| match &action.kind {
            ActionKind::Post { rate_limit, .. } => {
                let limit = rate_limit.as_ref().unwrap();
                format!("{} {:?}", limit.interval.value, limit.scope.map(|scope| scope.value))
            }
            ActionKind::NoPost => "drop".into(),
            ActionKind::Sigkill => "kill".into(),
            ActionKind::Signal { signal } => format!("signal {}", signal.unwrap().value),
            ActionKind::Override { error, .. } => format!("override {}", error.unwrap().value),
            other @ (ActionKind::GetUrl { .. }
            | ActionKind::DnsLookup { .. }
            | ActionKind::TrackSock { .. }
            | ActionKind::UntrackSock { .. }
            | ActionKind::NotifyEnforcer { .. }
            | ActionKind::CleanupEnforcerNotification
            | ActionKind::Set { .. }) => other.name().into(),
        })
        .collect();
    let expected = [
        "6s Some(Process)",
        "drop",
        "kill",
        "signal 15",
        "override -1",
        "override -13",
        "override 0",
        "90s None",
    ];
    assert_eq!(actions, expected);
}

#[test]
fn spans_are_the_bytes_of_what_they_name() {
    let text =
        "policy \"é\" {\n  on lsm file_open(file) {\n    when file.path == \"/x\" => kill\n  }\n}";
    let slice = |span: Span| text.get(span.range()).unwrap();
    let policies = read_clean(text);
    let hook: &Hook = &policies[0].hooks[0];
    let Point::Lsm(name) = &hook.point else { panic!("{hook:?}") };
    assert_eq!(slice(name.span), "file_open");
    let Expression::All(parts) = &hook.selectors[0].condition else { unreachable!() };
    let Expression::Test(Condition::Argument { span, values, operator, argument }) = &parts[0]
    else {
        panic!("{parts:?}")
    };
    assert_eq!(slice(*span), "file.path == \"/x\"");
    assert_eq!(slice(values[0].span), "\"/x\"");
    assert_eq!(slice(operator.span), "==");
    assert_eq!(slice(argument.span()), "file.path");
    assert!(matches!(argument, ArgumentReference::Name { .. }));
}

#[test]
fn every_example_of_the_grammar_survives_printing() {
    let grammar = include_str!("../../../../../grammar/GRAMMAR.md");
    for block in grammar.split("```writ\n").skip(1) {
        for policy in read_clean(block.split("```").next().unwrap()) {
            same_again(&policy);
        }
    }
}

#[test]
fn printing_has_one_style() {
    let text = "policy \"p\" in namespace \"n\" {
  message \"m\"
  tags [\"a\", \"b\"]
  mode monitor

  on kprobe f(file, #1 as fd: int label \"l\") -> ret: int {
    rule \"r\" when (file.path == \"/a\" or fd in [1..2]) and not (process.pid == 1 and descendants) \
                and ret < 0 => post rate 10/min per all, deny EPERM returning => drop
    when not (fd == 1 or fd == 2) => return 5
    otherwise
  }

  on tracepoint syscalls:sys_enter_openat(#5: int)
}
";
    assert_eq!(print(&read_clean(text)[0]), text);
}

fn same_again(policy: &Policy) {
    let text = print(policy);
    let again = read_clean(&text);
    assert_eq!(again.len(), 1, "{text}");
    assert_eq!(again[0].without_spans(), policy.without_spans(), "{text}");
    assert_eq!(print(&again[0]), text);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_random_policy_survives_printing(policy in random::policy(Flavour::Writ)) {
        same_again(&policy);
    }

    #[test]
    fn random_texts_are_read_without_a_panic(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "policy", "\"p\"", "{", "}", "on", "kprobe", "f", "(", ")", "x", "when", "==", "1",
                "=>", "kill", "and", "or", "not", "[", "]", ",", "let", "=", "#0", "post", "rate",
                "/", "min", ":", "->", "..", "\"", "\\", "\n", "otherwise", "message", "tags", "é",
            ]),
            0..60,
        )
    ) {
        super::read(&words.join(" "));
    }
}
