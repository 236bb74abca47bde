//! What the rules say about policies as people write them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use writ::check::check;
use writ::diagnostic::Diagnostics;
use writ::engine::LoadBudget;
use writ::kernel::embedded;
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::source::SourceMap;

/// Codes of the findings and what they underline, ordered by place.
fn findings(text: &str, language: Language, kernel: &str) -> Vec<(String, String)> {
    let kernel = embedded::profile(kernel).unwrap().unwrap();
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy", text);
    let policies: Vec<_> = parse(source, language, &sources, &mut diagnostics)
        .iter()
        .filter_map(|policy| resolve(policy, &kernel, &mut diagnostics))
        .collect();
    check(&policies, &kernel, LoadBudget::default(), &mut diagnostics);
    let finding = |found: writ::diagnostic::Diagnostic| {
        (found.code.id.to_owned(), sources.slice(found.finding.span).to_owned())
    };
    diagnostics.into_sorted().into_iter().map(finding).collect()
}

fn writ(rules: &str) -> Vec<String> {
    let text =
        format!("policy \"test\" {{\n  on kprobe security_file_open(file) {{\n{rules}\n}}\n}}\n");
    findings(&text, Language::Writ, "6.1").into_iter().map(|(code, _)| code).collect()
}

#[test]
fn the_four_policies_are_told_what_they_really_do() {
    let four = include_str!("resolve/four.yaml");
    for kernel in embedded::names() {
        let found = findings(four, Language::Yaml, kernel);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(code, text)| (code.as_str(), text.lines().last().unwrap_or("").trim()))
            .collect();
        assert_eq!(
            found,
            [
                ("TP0903", r#"values: ["/bin/su", "/usr/bin/sudo", "/usr/bin/passwd"]"#),
                ("TP0905", r#""/bin/su""#),
                ("TP0147", "apiVersion"),
                ("TP0657", r#""__x64_sys_setns""#),
                ("TP0904", r#""/etc/shadow""#),
                ("TP0905", r#""/var/run/secrets/kubernetes.io""#),
                ("TP0903", r#"values: ["/usr/bin/xmrig", "/tmp/xmrig", "/usr/bin/minerd"]"#),
            ],
            "{kernel}"
        );
    }
}

#[test]
fn a_wider_negation_shadows_a_narrower_one() {
    let found = writ(
        "when file.path not starts_with \"/etc/ssl/\" => post\n\
         when file.path not starts_with \"/etc/\" => post",
    );
    assert!(found.contains(&"TP0902".to_owned()), "{found:?}");
}

#[test]
fn a_narrower_selector_may_stand_first() {
    let found = writ(
        "when file.path == \"/etc/shadow\" => post\nwhen file.path starts_with \"/etc/\" => post",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn alternatives_do_not_contradict_each_other() {
    let found = writ("when file.path == \"/etc/shadow\" or file.path == \"/etc/gshadow\" => post");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_exception_within_a_prefix_is_no_contradiction() {
    let found = writ(
        "when file.path starts_with \"/etc/\" and process.binary not in [\"/usr/sbin/sshd\"] => post",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_place_of_a_program_that_is_hooked_twice_is_found() {
    let hook = |symbol: &str| format!("  - path: /usr/bin/bash\n    symbols: [{symbol}]\n");
    let start = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: test\n\
                 spec:\n  uprobes:\n";
    let codes = |text: String| -> Vec<String> {
        findings(&text, Language::Yaml, "6.1").into_iter().map(|(code, _)| code).collect()
    };
    let twice = codes(format!("{start}{}{}", hook("readline"), hook("readline")));
    assert!(twice.contains(&"TP0925".to_owned()), "{twice:?}");
    let two = codes(format!("{start}{}{}", hook("readline"), hook("main")));
    assert!(!two.contains(&"TP0925".to_owned()), "{two:?}");
}

/// Codes and what they underline, of selectors of a uprobe that reads an integer and a text.
fn uprobe(selectors: &str) -> Vec<(String, String)> {
    let text = format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: test\nspec:\n  \
         uprobes:\n  - path: /usr/bin/bash\n    symbols: [readline]\n    args:\n    - index: 0\n      \
         type: int\n    - index: 1\n      type: string\n    selectors:\n{selectors}"
    );
    findings(&text, Language::Yaml, "6.1")
}

#[test]
fn selectors_of_programs_are_looked_at_too() {
    let argument = |rest: &str| format!("    - matchArgs:\n      - {{ index: 0, {rest} }}\n");
    let first = argument("operator: Equal, values: [\"1\"]");
    let second = "      - { index: 0, operator: Equal, values: [\"2\"] }\n";
    let texts = "    - matchArgs:\n      - { index: 1, operator: Prefix, values: [\"/etc\", \"/etc/x\"] }\n";
    let pid = "    - matchPIDs:\n      - { operator: In, values: [4711] }\n";
    let cases = [
        (format!("{first}{second}"), "TP0906"),
        (format!("{first}{first}"), "TP0902"),
        (format!("    - {{}}\n{first}"), "TP0901"),
        (argument("operator: InRange, values: [\"-2147483648:2147483647\"]"), "TP0908"),
        (texts.to_owned(), "TP0909"),
        (pid.to_owned(), "TP0916"),
        (
            format!(
                "{first}      matchActions:\n      - action: Sigkill\n      - action: Sigkill\n"
            ),
            "TP0613",
        ),
    ];
    for (selectors, code) in cases {
        let found = uprobe(&selectors);
        assert!(found.iter().any(|(found, _)| found == code), "{code}: {found:?}\n{selectors}");
    }
}

/// Codes for a hook in the Writ language with these rules.
fn at(hook: &str, rules: &str) -> Vec<String> {
    let text = format!("policy \"test\" {{\n  on {hook} {{\n{rules}\n}}\n}}\n");
    findings(&text, Language::Writ, "6.12").into_iter().map(|(code, _)| code).collect()
}

#[test]
fn enforcement_is_too_dear_where_hits_are_many_and_each_costs_much() {
    let cases = [
        ("tracepoint raw_syscalls:sys_enter(id)", "when id == 165 => kill", false),
        ("tracepoint raw_syscalls:sys_enter(id)", "when ns.pid != host => kill", true),
        ("tracepoint raw_syscalls:sys_enter(id)", "when ns.pid != host => post", false),
        (
            "tracepoint raw_syscalls:sys_enter(id)",
            "when id == 165 and ns.pid != host => kill",
            false,
        ),
        ("lsm file_permission(file)", "when file.path starts_with \"/etc/\" => deny EPERM", false),
        ("lsm file_open(file)", "when ns.pid != host => deny EPERM", false),
    ];
    for (hook, rules, is_dear) in cases {
        let found = at(hook, rules);
        assert_eq!(found.contains(&"TP0928".to_owned()), is_dear, "{hook} {rules}: {found:?}");
    }
}

#[test]
fn a_filter_is_late_where_every_hit_needs_a_text_to_be_decided() {
    let hook = "lsm file_permission(file, mask)";
    let path = "file.path starts_with \"/etc/\"";
    let cases = [
        (hook, format!("when {path} => post"), true),
        (hook, format!("when {path} and mask == 2 => post"), false),
        (hook, format!("when {path} and mask != 4 => post"), true),
        (hook, format!("when {path} or mask == 2 => post"), true),
        (hook, format!("when {path} and process.binary == \"/usr/bin/vi\" => post"), false),
        (hook, "when mask == 2 => post".to_owned(), false),
        ("lsm file_open(file)", format!("when {path} => post"), false),
    ];
    for (hook, rules, is_late) in cases {
        let found = at(hook, &rules);
        assert_eq!(found.contains(&"TP0929".to_owned()), is_late, "{hook} {rules}: {found:?}");
    }
}

#[test]
fn a_larger_budget_allows_more_enforcement() {
    let kernel = embedded::profile("6.1").unwrap().unwrap();
    let text = "policy \"test\" { on tracepoint raw_syscalls:sys_enter(id) { \
                when ns.pid != host => kill } }";
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("policy", text);
    let policies = parse(source, Language::Writ, &sources, &mut diagnostics);
    let codes = |load: u32| -> Vec<&str> {
        let found = writ::driver::check(policies.iter(), &kernel, LoadBudget(load));
        found.into_sorted().iter().map(|found| found.code.id).collect()
    };
    assert!(codes(15).contains(&"TP0928") && !codes(50).contains(&"TP0928"));
}
