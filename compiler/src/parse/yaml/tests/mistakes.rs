//! For each mistake: its code, and exactly what is underlined.

use super::{read, with_kprobe, with_spec};

/// A text, and the findings it must give.
type Case<'a> = (String, &'a [(&'a str, &'a str)]);

fn check(cases: &[Case<'_>]) {
    for (text, expected) in cases {
        let findings = read(text).findings();
        let findings: Vec<(&str, &str)> =
            findings.iter().map(|(code, text)| (*code, text.as_str())).collect();
        assert_eq!(findings, *expected, "{text}");
    }
}

#[test]
fn mistakes_in_the_yaml_itself() {
    check(&[
        ("a: [1, 2\nb: 3\n".into(), &[("TP0101", ":")]),
        ("spec:\n\tkprobes: []\n".into(), &[("TP0101", "kprobes:")]),
        (with_kprobe("    syscall: true"), &[("TP0103", "syscall")]),
        (with_spec("  kprobes:\n  - <<: 5\n    call: f"), &[("TP0104", "5")]),
        (with_kprobe("    message: !secret \"hello\""), &[("TP0105", "\"hello\"")]),
    ]);
}

#[test]
fn places_are_right_after_text_of_several_bytes() {
    check(&[
        (
            with_kprobe("    message: \"größer – 大\"   # ä\n    tgas: [\"ü\"]  # ö"),
            &[("TP0108", "tgas")],
        ),
        (
            format!("\u{feff}# é\r\n{}", with_kprobe("    tgas: 1").replace('\n', "\r\n")),
            &[("TP0108", "tgas")],
        ),
        (with_kprobe("    tags: ['ä''b', \"x\\\"y\" , z ]  # c"), &[("TP0120", "z")]),
        (with_kprobe("    tags: ['ä' ]  # c"), &[]),
        (with_kprobe("    tags: [ \"z\"  ,  'y' ]"), &[("TP0120", "\"z\""), ("TP0120", "'y'")]),
        (with_kprobe("    message: &m  \"z\" # c"), &[("TP0120", "\"z\"")]),
    ]);
}

#[test]
fn documents_of_another_kind() {
    let policy = with_spec("  kprobes: [{call: f}]");
    check(&[
        ("kind: Pod\n".into(), &[("TP0106", "Pod")]),
        ("kind: TracingPolcy\n".into(), &[("TP0106", "TracingPolcy")]),
        (format!("kind: Pod\n---\n{policy}"), &[("TP0107", "Pod")]),
        (format!("kind: tracingpolicy\n---\n{policy}"), &[("TP0106", "tracingpolicy")]),
        (format!("---\n---\n# nothing\n---\n{policy}...\n"), &[]),
        (format!("{policy}---\n{policy}"), &[("TP0147", "apiVersion"), ("TP0129", "p")]),
    ]);
}

#[test]
fn keys() {
    check(&[
        (with_kprobe("    Return: false"), &[("TP0142", "Return")]),
        (with_spec("  kprobes:\n  - Syscall: false\n    call: f"), &[("TP0142", "Syscall")]),
        (with_kprobe("    matchArgs: []"), &[("TP0108", "matchArgs")]),
        (with_spec("  kprobes:\n  - syscall: false"), &[("TP0109", "syscall")]),
        (with_spec("  kprobes:\n  - {}"), &[("TP0109", "{}")]),
        (with_spec("  kprobes:\n  - matchArgs: []"), &[("TP0108", "matchArgs")]),
        (with_spec("  kprobes:\n  - cal: f"), &[("TP0108", "cal")]),
        (
            "apiVersion: 5\nkind: TracingPolicy\nmetadata:\n  name: p\n".into(),
            &[("TP0109", "apiVersion"), ("TP0110", "5")],
        ),
        (with_spec("  usdts:\n  - args: []"), &[("TP0109", "args")]),
        (with_spec("  hostSelector: {a: b}\n  loader: true"), &[("TP0108", "a")]),
        (with_spec("  uprobes: [{path: a}]"), &[("TP0109", "a")]),
        (with_spec("  uprobes: [{path: a, symbols: 1}]"), &[("TP0110", "1")]),
    ]);
}

#[test]
fn types() {
    check(&[
        (with_spec("  kprobes:\n"), &[("TP0110", "kprobes")]),
        (with_spec("  kprobes:\n  - call: f\n    args:\n    -\n"), &[("TP0110", "-")]),
        (with_kprobe("    message: yes"), &[("TP0110", "yes")]),
        (with_kprobe("    args: {index: 0}"), &[("TP0110", "index")]),
        (with_kprobe("    args: [{index: \"0\"}]"), &[("TP0110", "\"0\"")]),
        (with_spec("  kprobes:\n  - call: f\n    syscall: \"false\""), &[("TP0110", "\"false\"")]),
        (with_spec("  kprobes:\n  - call: 5"), &[("TP0110", "5")]),
        (
            with_kprobe(
                "    selectors:\n    - matchArgs:\n      - operator: Equal\n        values: [1, 'a', 0x2]",
            ),
            &[("TP0110", "1"), ("TP0110", "0x2")],
        ),
        (
            with_kprobe(
                "    selectors:\n    - matchPIDs:\n      - operator: In\n        values: ['1', 010]",
            ),
            &[("TP0110", "'1'"), ("TP0159", "010")],
        ),
        (
            "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {name: y}\nspec: {loader: on}\n".into(),
            &[("TP0110", "y")],
        ),
        ("- kind: TracingPolicy\n".into(), &[("TP0110", "kind: TracingPolicy")]),
    ]);
}

#[test]
fn words_and_numbers() {
    let test = |text: &str| with_kprobe(&format!("    selectors:\n    - matchArgs: [{{{text}}}]"));
    check(&[
        (test("operator: equal"), &[("TP0111", "equal")]),
        (test("operator: In"), &[("TP0111", "In")]),
        (test("operator: NotSPortPriv"), &[("TP0111", "NotSPortPriv")]),
        (test("operator: NotSportPriv"), &[]),
        (test("operator: GreaterThan, values: ['1']"), &[]),
        (test("operator: Equal, index: -1"), &[("TP0112", "-1")]),
        (test("operator: Equal, args: [0, 1]"), &[("TP0113", "1")]),
        (test("operator: CapabilitiesGained, args: [0, 1]"), &[]),
        (with_kprobe("    args: [{index: 2147483648}]"), &[("TP0112", "2147483648")]),
        (with_kprobe("    args: [{index: 0, type: flie}]"), &[("TP0111", "flie")]),
        (
            with_kprobe("    tags: [aa,bb,cc,dd,ee,ff,gg,hh,ii,jj,kk,ll,mm,nn,oo,pp,qq,rr]"),
            &[("TP0113", "qq")],
        ),
    ]);
}

#[test]
fn names_and_namespaces() {
    let named = |kind: &str, metadata: &str| {
        format!(
            "apiVersion: cilium.io/v1alpha1\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{kprobes: [{{call: f}}]}}\n"
        )
    };
    check(&[
        (named("TracingPolicy", "name: a_b"), &[("TP0114", "a_b")]),
        (named("TracingPolicy", "name: ''"), &[("TP0114", "''")]),
        (named("TracingPolicy", "name: a, namespace: b"), &[("TP0115", "b")]),
        (named("TracingPolicyNamespaced", "name: a"), &[("TP0115", "metadata")]),
        (named("TracingPolicyNamespaced", "name: a, namespace: b.c"), &[("TP0114", "b.c")]),
        (named("TracingPolicyNamespaced", "name: a, namespace: b"), &[]),
    ]);
}

#[test]
fn sections_and_options() {
    let options = |text: &str| with_spec(&format!("  options: [{text}]\n  kprobes: [{{call: f}}]"));
    check(&[
        (
            with_spec("  kprobes: [{call: f}]\n  lsmhooks: [{hook: g}]\n  uprobes: []"),
            &[("TP0116", "lsmhooks")],
        ),
        (with_spec("  {}"), &[("TP0128", "spec")]),
        (with_spec("  kprobes: []"), &[("TP0128", "spec")]),
        (options("{name: polcy-mode, value: monitor}"), &[("TP0122", "polcy-mode")]),
        (options("{name: policy-mode, value: audit}"), &[("TP0123", "audit")]),
        (options("{name: policy-mode}"), &[("TP0123", "policy-mode")]),
        (options("{name: disable-kprobe-multi, value: 1}"), &[("TP0110", "1")]),
        (options("{name: disable-kprobe-multi, value: yeah}"), &[("TP0123", "yeah")]),
        (
            options("{name: policy-mode, value: monitor}, {name: policy-mode, value: enforce}"),
            &[("TP0103", "policy-mode")],
        ),
        (
            "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicyNamespaced\nmetadata: {name: a, namespace: b}\nspec: {usdts: [{path: a, provider: b, name: c}]}\n".into(),
            &[("TP0125", "usdts")],
        ),
        (with_spec("  uprobes: [{path: a, symbols: [b], addrs: [1]}]"), &[("TP0124", "addrs")]),
    ]);
}

#[test]
fn what_happens_at_the_return() {
    let selector = |key: &str, entry: &str| {
        with_kprobe(&format!("    selectors:\n    - {key}: [{{{entry}}}]"))
    };
    check(&[
        (with_kprobe("    return: true"), &[("TP0117", "true")]),
        (with_kprobe("    returnArg: {index: 0, type: int}"), &[("TP0119", "returnArg")]),
        (selector("matchReturnArgs", "operator: Equal"), &[("TP0118", "matchReturnArgs")]),
        (selector("matchReturnActions", "action: Post"), &[("TP0118", "matchReturnActions")]),
        (with_kprobe("    returnArgAction: TrackSock"), &[("TP0119", "returnArgAction")]),
        (
            with_kprobe(
                "    return: true\n    returnArg: {index: 0}\n    returnArgAction: Sigkill",
            ),
            &[("TP0111", "Sigkill")],
        ),
        (
            with_spec(
                "  lsmhooks:\n  - hook: f\n    selectors: [{matchReturnActions: [{action: Post}]}]",
            ),
            &[("TP0118", "matchReturnActions")],
        ),
        (with_spec("  fentries: [{call: f, return: true}]"), &[("TP0117", "true")]),
    ]);
}

#[test]
fn arguments_of_actions() {
    let action =
        |text: &str| with_kprobe(&format!("    selectors: [{{matchActions: [{{{text}}}]}}]"));
    check(&[
        (action("action: Override"), &[("TP0127", "Override")]),
        (action("action: Signal"), &[("TP0127", "Signal")]),
        (action("action: Sigkill, argError: -1"), &[("TP0126", "argError")]),
        (action("action: NoPost, rateLimit: 5m"), &[("TP0126", "rateLimit")]),
        (action("action: Post, rateLimitScope: process"), &[("TP0126", "rateLimitScope")]),
        (action("action: Post, kernelStackTrace: false, argError: 0"), &[]),
        (action("action: FollowFD, argFd: 1"), &[("TP0111", "FollowFD"), ("TP0108", "argFd")]),
        (action("action: Override, argNewSymbol: a, argNewAddr: 1"), &[("TP0124", "argNewAddr")]),
    ]);
}

#[test]
fn texts_of_events() {
    let long = "x".repeat(300);
    check(&[
        (with_kprobe("    message: x"), &[("TP0120", "x")]),
        (with_kprobe("    message: ''"), &[]),
        (with_kprobe(&format!("    message: {long}")), &[("TP0121", &long)]),
        (with_kprobe(&format!("    tags: [ok, {long}]")), &[("TP0121", &long)]),
    ]);
}

#[test]
fn reading_goes_on_after_a_mistake_in_an_earlier_document() {
    check(&[(
        format!("a: [\n---\nb: ]\n---\n{}", with_kprobe("    tgas: 1")),
        &[("TP0101", "---"), ("TP0101", "]"), ("TP0108", "tgas")],
    )]);
}

#[test]
fn every_mistake_of_a_policy_is_told_in_one_run() {
    check(&[(
        with_kprobe(
            "    retrun: false\n    args: [{index: x}, {type: fiel}]\n    selectors:\n    - matchArg: []\n    - matchActions: [{action: Kill}]\n    tags: [x]",
        ),
        &[
            ("TP0108", "retrun"),
            ("TP0110", "x"),
            ("TP0109", "type"),
            ("TP0111", "fiel"),
            ("TP0108", "matchArg"),
            ("TP0111", "Kill"),
            ("TP0120", "x"),
        ],
    )]);
}

#[test]
fn help_names_what_to_write() {
    let cases = [
        ("    Return: false", "write `return`"),
        ("    matchArgs: []", "it belongs one level deeper, under `selectors`"),
        ("    argError: -1", "`argError` is a key of an action"),
        ("    message: 12", "quote it: `\"12\"`"),
        ("    args: [{index: '1'}]", "write it without quotes: `1`"),
        ("    tags: security", "make it a list: `[\"security\"]`"),
        ("    args: [{index: 0, type: flie}]", "did you mean `file`?"),
        ("    selectors: [{matchArgs: [{operator: In}]}]", "write `Equal`"),
        ("    selectors: [{matchActions: [{action: kill}]}]", "write `Sigkill`"),
        ("    selectors: [{matchPids: []}]", "write `matchPIDs`"),
    ];
    for (lines, expected) in cases {
        let outcome = read(&with_kprobe(lines));
        let help: Vec<&str> = outcome
            .diagnostics
            .iter()
            .flat_map(|one| &one.finding.help)
            .map(String::as_str)
            .collect();
        assert_eq!(help, [expected], "{lines}");
    }
}
