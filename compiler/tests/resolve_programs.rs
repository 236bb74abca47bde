//! Hooks in programs as they are bound: their own structures, and where they go on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use writ::diagnostic::{Diagnostics, Severity};
use writ::kernel::embedded;
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::resolved::Action;
use writ::source::SourceMap;

/// The types of `program.c` beside it.
const TYPES: &[u8] = include_bytes!("../../tests/vm/scenarios/walks-programs/program.btf");

/// The errors of a policy, each with what it underlines, and the actions of its first selector.
fn bound(text: &str, types: Option<&[u8]>, kernel: &str) -> (Vec<(String, String)>, Vec<Action>) {
    let kernel = embedded::profile(kernel).unwrap().unwrap();
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let source = sources.add("policy.yaml", text);
    let mut policies = parse(source, Language::Yaml, &sources, &mut diagnostics);
    let mut actions = Vec::new();
    for policy in &mut policies {
        let bytes = types.map(Into::into).ok_or("it is gone".to_owned());
        policy.program_types.0.insert("app.btf".to_owned(), bytes);
        let resolved = resolve(policy, &kernel, &mut diagnostics);
        let hooks = resolved.map(|policy| policy.program_hooks).unwrap_or_default();
        let selectors = hooks.into_iter().flat_map(|hook| hook.selectors);
        actions.extend(selectors.flat_map(|selector| selector.actions));
    }
    let errors =
        diagnostics.into_sorted().into_iter().filter(|one| one.severity == Severity::Error);
    let errors =
        errors.map(|one| (one.code.id.to_owned(), sources.slice(one.finding.span).to_owned()));
    (errors.collect(), actions)
}

fn uprobe(lines: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: test}}\n\
         spec:\n  uprobes:\n  - path: /bin/app\n    symbols: [visit]\n{lines}"
    )
}

fn argument(from: &str) -> String {
    uprobe(&format!("    btfPath: app.btf\n    args: [{{index: 0, {from}}}]\n"))
}

fn errors(text: &str, types: Option<&[u8]>) -> Vec<(String, String)> {
    bound(text, types, "6.1").0
}

#[test]
fn fields_of_a_program_are_looked_up_in_the_file_with_its_types() {
    let cases = [
        ("type: int, btfType: visit, resolve: visitor.number", None),
        ("type: string, btfType: visit, resolve: visitor.name", None),
        ("type: int, btfType: visit, resolve: \"floors[2]\"", None),
        ("type: uint8, btfType: visit, resolve: grade", None),
        ("type: int, btfType: visit, resolve: visitor.numbre", Some(("TP0242", "numbre"))),
        ("type: int, btfType: visit, resolve: \"floors[3]\"", Some(("TP0320", "[3]"))),
        ("type: int, btfType: vist, resolve: number", Some(("TP0243", "vist"))),
        ("type: int, btfType: task_struct, resolve: pid", Some(("TP0243", "task_struct"))),
        ("type: int, resolve: visitor", Some(("TP0320", "visitor"))),
        ("type: int, btfType: visit, resolve: visitor.name", Some(("TP0301", "int"))),
        ("type: file, btfType: visit, resolve: visitor", Some(("TP0301", "file"))),
    ];
    for (from, wanted) in cases {
        let wanted = wanted.map(|(code, text)| (code.to_owned(), text.to_owned()));
        let found = errors(&argument(from), Some(TYPES));
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{from}");
    }
}

#[test]
fn without_the_types_of_a_program_nothing_is_guessed() {
    let from = argument("type: int, btfType: visit, resolve: floors");
    let underlined = [("TP0247".to_owned(), "app.btf".to_owned())];
    assert_eq!(errors(&from, None), underlined);
    assert_eq!(errors(&from, Some(b"\x9f\xeb\x01")), underlined);
    assert_eq!(errors(&from, Some(b"\x7fELF")), underlined);
    let unasked = argument("type: int");
    assert_eq!(errors(&unasked, None), []);
}

#[test]
fn registers_are_set_to_what_the_assignments_say() {
    let action = |registers: &str| {
        uprobe(&format!(
            "    selectors:\n    - matchActions: [{{action: Override, argRegs: [{registers}]}}]\n"
        ))
    };
    for (registers, wanted) in [
        ("'rax = -1', 'rip=(%rsp)', 'rsp=8%rsp'", "rax=-1 rip=(%rsp) rsp=8%rsp"),
        ("'edi=%esi', 'al=0x10', 'rbp=-8(%rbp)'", "edi=%esi al=16 rbp=-8(%rbp)"),
    ] {
        let (errors, actions) = bound(&action(registers), None, "7.2");
        assert_eq!(errors, []);
        let [Action::Redirect { registers, to: None, .. }] = actions.as_slice() else {
            panic!("{actions:?}")
        };
        let found: Vec<String> = registers.iter().map(ToString::to_string).collect();
        assert_eq!(found.join(" "), wanted);
    }
    for wrong in ["rax", "rax=", "raxx=1", "rax=%raxx", "rip=[rsp]", "cs=1", "eflags=0", "rax=1x"] {
        let (errors, _) = bound(&action(&format!("'{wrong}'")), None, "7.2");
        let codes: Vec<&str> = errors.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["TP0329"], "{wrong}");
    }
}

#[test]
fn a_kernel_that_keeps_the_registers_says_so() {
    let action = "    selectors:\n    - matchActions: [{action: Override, argError: 5}]\n";
    for (kernel, wanted) in [("6.12", &["TP0601"][..]), ("7.2", &[])] {
        let (errors, _) = bound(&uprobe(action), None, kernel);
        let codes: Vec<&str> = errors.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, wanted, "{kernel}");
    }
}
