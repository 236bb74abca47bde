//! Names that refer to nothing, and things that nothing refers to.

use super::{read, with_spec};

/// The findings about a policy with this `spec`.
fn found(spec: &str) -> Vec<(&'static str, String)> {
    read(&with_spec(spec)).findings()
}

fn check(cases: &[(&str, &[(&str, &str)])]) {
    for (spec, expected) in cases {
        let findings = found(spec);
        let findings: Vec<(&str, &str)> =
            findings.iter().map(|(code, text)| (*code, text.as_str())).collect();
        assert_eq!(findings, *expected, "{spec}");
    }
}

#[test]
fn lists() {
    let used = "  kprobes: [{call: 'list:l'}]";
    let list = |text: &str| format!("{used}\n  lists: [{{name: l{text}}}]");
    check(&[
        (&list(", values: [sys_dup]"), &[]),
        (&list(""), &[("TP0150", "l")]),
        (&list(", type: generated_syscalls"), &[]),
        (&list(", type: generated_syscalls, values: [a]"), &[("TP0150", "a")]),
        (&list(", type: generated_ftrace"), &[("TP0150", "generated_ftrace")]),
        (&list(", type: generated_ftrace, pattern: a"), &[]),
        (&list(", values: [a], pattern: b"), &[("TP0151", "b")]),
        (&list(", values: [a], validated: true"), &[("TP0152", "validated")]),
        (&list(", values: [a]}, {name: l, values: [b]"), &[("TP0103", "l")]),
        (&list(", values: [a]}, {name: m, values: [b]"), &[("TP0149", "m")]),
        ("  kprobes: [{call: 'list:l'}]", &[("TP0148", "l")]),
        ("  enforcers: [{calls: ['list:l', sys_dup]}]", &[("TP0148", "'list:l'")]),
    ]);
}

#[test]
fn a_list_in_a_condition_is_used() {
    check(&[(
        "  lists: [{name: l, type: syscalls, values: [sys_dup]}]
  tracepoints:
  - {subsystem: raw_syscalls, event: sys_exit, selectors: [{matchArgs: [{operator: InMap, values: ['list:l']}]}]}",
        &[],
    )]);
}

#[test]
fn nothing_is_unused_because_of_another_mistake() {
    check(&[
        (
            "  kprobes: [{call: 'list:l', syscall: maybe}]\n  lists: [{name: l, values: [a]}]",
            &[("TP0110", "maybe")],
        ),
        ("  kprobes: [{call: 'list:l'}]\n  lists: [{name: 5, values: [a]}]", &[("TP0110", "5")]),
    ]);
}

#[test]
fn macros() {
    let policy = |macros: &str, selector: &str| {
        format!(
            "  selectorsMacros: {{{macros}}}\n  kprobes: [{{call: f, selectors: [{{{selector}}}]}}]"
        )
    };
    let pids = "matchPIDs: [{operator: In, values: [1]}]";
    check(&[
        (&policy(&format!("m: {{{pids}}}"), "macros: [m]"), &[]),
        (&policy("", "macros: [m]"), &[("TP0153", "m")]),
        (&policy(&format!("m: {{{pids}}}"), ""), &[("TP0154", "m")]),
        (&policy("m: {macros: [m]}", "macros: [m]"), &[("TP0155", "m")]),
        (&policy(&format!("m: {{{pids}}}, o: {{{pids}}}"), "macros: [m, o]"), &[("TP0156", "o")]),
        (&policy(&format!("m: {{{pids}}}"), &format!("macros: [m], {pids}")), &[("TP0156", "m")]),
        (
            &policy("m: {matchWorkloads: {podSelector: {}}}", "macros: [m]"),
            &[("TP0157", "{podSelector: {}}")],
        ),
    ]);
}

#[test]
fn workloads() {
    check(&[
        (
            "  containerSelector: {matchLabels: {app: a}}\n  kprobes: [{call: f}]",
            &[("TP0145", "app")],
        ),
        ("  podSelector: {matchLabels: {a: -b}}\n  kprobes: [{call: f}]", &[("TP0144", "-b")]),
    ]);
}
