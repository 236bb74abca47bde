//! What a policy becomes.

use super::{read, with_kprobe, with_spec};
use crate::policy::{
    ActionKind, ArgumentPlace, ArgumentReference, Condition, Expression, Mode, Point,
};

#[test]
fn a_function_is_a_system_call_unless_it_is_said_not_to_be() {
    let outcome =
        read(&with_spec("  kprobes: [{call: sys_setns}, {call: fd_install, syscall: no}]"));
    let points: Vec<_> = outcome.policies[0].hooks.iter().map(|hook| &hook.point).collect();
    assert!(matches!(points[0], Point::Syscall(name) if name.value == "sys_setns"));
    assert!(matches!(points[1], Point::Function(name) if name.value == "fd_install"));
}

#[test]
fn tracepoints_and_lsm_hooks_are_read() {
    let outcome = read(&with_spec(
        "  tracepoints:\n  - {subsystem: syscalls, event: sys_enter}\n  - {subsystem: a, event: b, raw: true}",
    ));
    let hooks = &outcome.policies[0].hooks;
    assert!(
        matches!(&hooks[0].point, Point::Tracepoint { event, .. } if event.value == "sys_enter")
    );
    assert!(matches!(&hooks[1].point, Point::RawTracepoint { .. }));
    let outcome = read(&with_spec("  lsmhooks: [{hook: file_open}]"));
    assert!(
        matches!(&outcome.policies[0].hooks[0].point, Point::Lsm(name) if name.value == "file_open")
    );
}

#[test]
fn the_return_argument_keeps_its_index() {
    let outcome = read(&with_kprobe("    return: true\n    returnArg: {index: 1, type: int}"));
    let argument = outcome.policies[0].hooks[0].return_argument.as_ref().unwrap();
    assert!(
        matches!(&argument.place, ArgumentPlace::Return { index: Some(index), .. } if index.value == 1)
    );
}

#[test]
fn a_condition_names_its_argument_by_index_or_by_place() {
    let outcome = read(&with_kprobe(
        "    selectors:\n    - matchArgs:\n      - {index: 1, operator: Equal}\n      - {args: [2], operator: Equal}\n      - {operator: Equal}",
    ));
    let Expression::All(tests) = &outcome.policies[0].hooks[0].selectors[0].condition else {
        panic!("not a conjunction");
    };
    let references: Vec<_> = tests
        .iter()
        .map(|test| match test {
            Expression::Test(Condition::Argument { argument, .. }) => argument.clone(),
            Expression::Test(_) | Expression::All(_) | Expression::Any(_) | Expression::Not(_) => {
                panic!("{test:?}")
            }
        })
        .collect();
    assert!(matches!(&references[0], ArgumentReference::Index(index) if index.value == 1));
    assert!(matches!(&references[1], ArgumentReference::Place(place) if place.value == 2));
    assert!(matches!(&references[2], ArgumentReference::Index(index) if index.value == 0));
}

#[test]
fn actions_keep_their_arguments() {
    let outcome = read(&with_kprobe(
        "    selectors:\n    - matchActions:\n      - {action: Override, argError: -1}\n      - {action: Post, rateLimit: 5m, rateLimitScope: process}",
    ));
    let actions = &outcome.policies[0].hooks[0].selectors[0].actions;
    assert!(
        matches!(&actions[0].kind, ActionKind::Override { error: Some(error), .. } if error.value == -1)
    );
    assert!(
        matches!(&actions[1].kind, ActionKind::Post { rate_limit: Some(limit), .. } if limit.interval.value == "5m")
    );
}

#[test]
fn the_mode_is_an_option() {
    let outcome = read(&with_spec(
        "  options: [{name: policy-mode, value: monitor}]\n  kprobes: [{call: f}]",
    ));
    assert_eq!(outcome.policies[0].mode.map(|mode| mode.value), Some(Mode::Monitor));
}

#[test]
fn merge_keys_and_aliases_are_expanded() {
    let outcome = read(&with_spec(
        "  kprobes:\n  - &first\n    call: f\n    syscall: false\n  - <<: *first\n    call: g",
    ));
    assert_eq!(outcome.findings(), []);
    let hooks = &outcome.policies[0].hooks;
    assert!(matches!(&hooks[1].point, Point::Function(name) if name.value == "g"));
}

#[test]
fn a_hook_without_a_place_is_left_out_and_its_neighbour_stays() {
    for broken in ["call: 5", "call: f, syscall: maybe", "{}", "5"] {
        let outcome = read(&with_spec(&format!("  kprobes: [{{{broken}}}, {{call: g}}]")));
        assert_eq!(outcome.policies[0].hooks.len(), 1, "{broken}");
    }
}

#[test]
fn a_key_that_was_certainly_meant_is_read() {
    let outcome = read(&with_spec("  kprobes: [{call: f, syscal: no}, {Call: g}]"));
    let hooks = &outcome.policies[0].hooks;
    assert!(matches!(&hooks[0].point, Point::Function(name) if name.value == "f"));
    assert!(matches!(&hooks[1].point, Point::Syscall(name) if name.value == "g"));
}

#[test]
fn what_refers_to_an_argument_that_was_not_understood_is_dropped_with_it() {
    let outcome = read(&with_kprobe(
        "    args: [{index: 0, type: x}, {index: 1, type: int}]
    selectors:
    - matchArgs:
      - {index: 0, operator: Equal, values: ['1']}
      - {args: [0], operator: Equal, values: ['1']}
      - {args: [1], operator: Equal, values: ['1']}
      - {index: 1, operator: Equal, values: ['1']}",
    ));
    let hook = &outcome.policies[0].hooks[0];
    assert!(!hook.is_whole);
    assert_eq!(hook.arguments.len(), 1);
    let Expression::All(tests) = &hook.selectors[0].condition else { panic!("no conjunction") };
    let [Expression::Test(Condition::Argument { argument: first, .. }), _] = tests.as_slice()
    else {
        panic!("{tests:?}");
    };
    assert!(matches!(first, ArgumentReference::Place(place) if place.value == 0));
}

#[test]
fn a_condition_that_was_not_understood_is_dropped_alone() {
    let outcome = read(&with_kprobe(
        "    selectors:\n    - matchPIDs: [{operator: In, values: [1]}]\n      matchArgs: [{operator: Eqal, values: [a]}]",
    ));
    let Expression::All(tests) = &outcome.policies[0].hooks[0].selectors[0].condition else {
        panic!("not a conjunction");
    };
    assert_eq!(tests.len(), 1);
}

#[test]
fn a_selector_that_would_match_always_by_mistake_is_left_out() {
    let outcome =
        read(&with_kprobe("    selectors: [{matchUsers: [{operator: In, values: [1]}]}, {}]"));
    let hook = &outcome.policies[0].hooks[0];
    assert_eq!((hook.selectors.len(), hook.is_whole), (1, false));
}

#[test]
fn the_policies_of_the_library_are_read_without_a_finding() {
    let policies = [
        include_str!("../../../../../policies/detect-privilege-escalation/policy.yaml"),
        include_str!("../../../../../policies/detect-container-escape/policy.yaml"),
        include_str!("../../../../../policies/monitor-sensitive-files/policy.yaml"),
        include_str!("../../../../../policies/block-cryptominers/policy.yaml"),
    ];
    for text in policies {
        let outcome = read(text);
        assert_eq!(outcome.findings(), []);
        assert!(outcome.policies.iter().all(|policy| policy.hooks.len() == 1));
    }
}
