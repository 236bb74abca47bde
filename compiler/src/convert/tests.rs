//! What the Writ language says in one way and TracingPolicy in another.
#![expect(clippy::disallowed_methods, reason = "a test may read files")]

use std::path::Path;

use proptest::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::parse::{self, Language};
use crate::plain;
use crate::policy::random::{self, Flavour};
use crate::policy::{Policy, print};
use crate::source::SourceMap;

/// The policies of a text, and the codes of what is wrong with it.
fn read(text: &str, language: Language) -> (Vec<Policy>, Vec<&'static str>) {
    let mut sources = SourceMap::default();
    let source = sources.add("policy", text);
    let mut diagnostics = Diagnostics::default();
    let policies = parse::parse(source, language, &sources, &mut diagnostics);
    let is_bad = diagnostics.gate(()).is_err();
    let codes = diagnostics.into_sorted().into_iter().map(|one| one.code.id);
    (policies, if is_bad { codes.collect() } else { Vec::new() })
}

/// The YAML of a policy, and the codes of what stands in its way.
fn converted(policy: &Policy) -> (Option<String>, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::default();
    let document = super::convert(policy, None, &mut diagnostics);
    let text = document.map(|document| plain::print(&document));
    (text, diagnostics.into_sorted().into_iter().map(|one| one.code.id).collect())
}

fn writ(rules: &str) -> Policy {
    let text = format!(
        "policy \"p\" {{ on kprobe f(#0 as file: file, #1 as fd: int) -> #0 as ret: int {{ {rules} }} }}"
    );
    let (mut policies, found) = read(&text, Language::Writ);
    assert!(found.is_empty(), "{text}\n{found:?}");
    policies.remove(0)
}

/// The selectors that a rule becomes, from their conditions on.
#[track_caller]
fn selectors(rule: &str) -> Vec<String> {
    let (text, found) = converted(&writ(rule));
    let text = text.unwrap_or_else(|| panic!("{rule}: {found:?}"));
    let (_, selectors) = text.split_once("    selectors:\n").unwrap();
    let lines = selectors.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let parts = lines.split("- matchArgs").filter(|part| !part.is_empty());
    parts.map(|part| part.trim_start_matches(": ").trim().replace('"', "")).collect()
}

#[test]
fn a_text_like_a_template_of_helm_is_still_a_text() {
    let policy = writ("when file == [\"{{.x\", \"{{ .Values.name }}\", \"{{{{\"]");
    let (text, found) = converted(&policy);
    assert!(found.is_empty(), "{found:?}");
    let (again, found) = read(&text.unwrap(), Language::Yaml);
    assert_eq!((again.len(), found), (1, Vec::new()));
}

#[test]
fn or_becomes_selectors_and_values_a_list() {
    let found = selectors("when fd == 1 or fd == 2 or fd > 7 => post");
    assert_eq!(
        found,
        [
            "- args: - 1 operator: Equal values: - 1 - 2 matchActions: - action: Post",
            "- args: - 1 operator: GT values: - 7 matchActions: - action: Post",
        ]
    );
}

#[test]
fn not_becomes_the_negative_operator() {
    let cases = [
        ("not fd == 1", "NotEqual values: - 1"),
        ("not fd != 1", "Equal values: - 1"),
        ("fd <= 5", "LT values: - 6"),
        ("fd >= 0x10", "GT values: - 15"),
        ("not fd > [7, 3]", "LT values: - 4"),
        ("not file starts_with \"/a\"", "NotPrefix values: - /a"),
        ("not (fd in [1..5])", "NotInRange values: - 1:5"),
        ("not not fd in [1, 3..4]", "InMap values: - 1 - 3:4"),
        ("not fd matches \"arg1 == 1\"", "CelExpr values: - !(arg1 == 1)"),
    ];
    for (condition, wanted) in cases {
        let found = selectors(&format!("when {condition}"));
        assert!(found.len() == 1 && found[0].ends_with(wanted), "{condition}: {found:?}");
    }
}

#[test]
fn not_of_and_is_or() {
    let found = selectors("when not (fd == 1 and file == \"/a\")");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("NotEqual") && found[1].contains("NotEqual"), "{found:?}");
}

#[test]
fn what_has_no_form_is_a_finding() {
    let cases = [
        ("when not fd has_bits 1", "TP0171"),
        ("when not file contains \"a\"", "TP0171"),
        ("when fd <= 0xffff_ffff_ffff_ffff", "TP0171"),
        ("when fd >= -9223372036854775808", "TP0171"),
        ("when not changed ns.mnt", "TP0171"),
        ("when not changed cap.effective CAP_BPF", "TP0171"),
        ("when not pod.label[\"a\"] == \"b\"", "TP0171"),
        ("when not file.family == AF_INET", "TP0171"),
        ("when ret < 0 or ret > 5", "TP0171"),
        ("when process.binary == \"/a\" and process.binary starts_with \"/b\"", "TP0171"),
        ("when never", "TP0171"),
    ];
    for (rule, code) in cases {
        let (text, found) = converted(&writ(rule));
        assert_eq!((text, found), (None, vec![code]), "{rule}");
    }
}

#[test]
fn hooks_of_two_sorts_and_names_of_kubernetes_are_findings() {
    let text =
        "policy \"Big Name\" { on lsm a(#0: file) on kprobe b(#0: file) on lsm c(#0: file) }";
    let (policies, found) = read(text, Language::Writ);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(converted(&policies[0]), (None, vec!["TP0171", "TP0171"]));
}

#[test]
fn a_rule_that_grows_without_end_is_one_finding() {
    let factor = "(fd > 1 or file == \"a\" or ns.pid == host) and ";
    let (text, found) = converted(&writ(&format!("when {} fd == 1", factor.repeat(60))));
    assert_eq!((text, found), (None, vec!["TP0174"]));
    let nested = format!("{}fd == 1{}", "(fd > 1 or not (".repeat(20), " ))".repeat(20));
    let (_, found) = converted(&writ(&format!("when {nested}")));
    assert!(found.iter().all(|code| *code == "TP0173"), "{found:?}");
}

#[test]
fn limits_of_tetragon_are_warnings() {
    let rule = "when (fd > 1 or fd < 9) and (file == \"a\" or ns.pid == host or fd has_bits 1)";
    let (text, found) = converted(&writ(rule));
    assert!(text.is_some());
    assert_eq!(found, ["TP0173"]);
}

#[test]
fn names_need_a_kernel() {
    let text =
        "policy \"p\" { on syscall write(fd: int, buf: char_buf size count) { when fd == 1 } }";
    let (policies, _) = read(text, Language::Writ);
    assert_eq!(converted(&policies[0]), (None, vec!["TP0172"; 3]));
    let names = vec![["fd", "buf", "count"].map(String::from).to_vec()];
    let mut diagnostics = Diagnostics::default();
    let document = super::convert(&policies[0], Some(&names), &mut diagnostics).unwrap();
    let text = plain::print(&document);
    assert!(text.contains("sizeArgIndex: 3") && text.contains("- index: 1"), "{text}");
}

/// YAML, the Writ language, and YAML again. Gives what is wrong with the YAML.
#[track_caller]
fn there_and_back(policy: &Policy) -> Vec<&'static str> {
    let written = print::print(policy);
    let (writ, found) = read(&written, Language::Writ);
    assert!(found.is_empty() && writ.len() == 1, "{written}\n{found:?}");
    let (yaml, found) = converted(&writ[0]);
    let errors: Vec<_> = found.into_iter().filter(|code| *code != "TP0173").collect();
    let yaml = yaml.unwrap_or_else(|| panic!("{written}\n{errors:?}"));
    let (again, found) = read(&yaml, Language::Yaml);
    assert!(again.len() == 1, "{yaml}\n{found:?}");
    assert_eq!(again[0].without_spans(), policy.without_spans(), "{written}\n{yaml}\n{found:?}");
    found
}

/// The files of the corpus, which lies beside the repository on machines that have it.
fn corpus() -> Vec<String> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = start.ancestors().map(|up| up.join("shared/corpus")).find(|at| at.is_dir());
    let Some(folder) = folder else { return Vec::new() };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let names = manifest.lines().skip(1).filter_map(|line| line.split('\t').next());
    names.map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect()
}

#[test]
fn every_policy_of_the_corpus_survives_both_conversions() {
    let files = corpus();
    if files.is_empty() {
        println!("skipped: there is no corpus beside the repository");
        return;
    }
    let mut count = 0;
    for text in files {
        let (policies, found) = read(&text, Language::Yaml);
        if !found.is_empty() {
            continue;
        }
        for policy in policies.iter().filter(|policy| is_exact(policy)) {
            assert_eq!(there_and_back(policy), Vec::<&str>::new());
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
    println!("{count} policies");
}

/// Whether every action has what it needs. What Tetragon takes instead is written out.
fn is_exact(policy: &Policy) -> bool {
    use crate::policy::ActionKind;
    policy.selectors().flat_map(|(_, selector)| &selector.actions).all(|action| {
        !matches!(
            &action.kind,
            ActionKind::GetUrl { url: None }
                | ActionKind::DnsLookup { name: None }
                | ActionKind::Signal { signal: None }
                | ActionKind::Override { error: None, replacement: None }
                | ActionKind::Set { argument: None, .. }
                | ActionKind::Set { value: None, .. }
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    // What is wrong with it, as a list that is not there, is wrong before and after.
    #[test]
    fn a_random_policy_survives_both_conversions(policy in random::policy(Flavour::Yaml)) {
        there_and_back(&policy);
    }

    #[test]
    fn any_policy_is_converted_or_refused(policy in random::policy(Flavour::Writ)) {
        let (text, found) = converted(&policy);
        prop_assert!(text.is_some() || !found.is_empty());
    }
}
