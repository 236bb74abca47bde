//! What stands beside policies in files, and what holds them.

use super::{read, with_kprobe, with_spec};

/// A well-formed policy of this name.
fn policy(name: &str) -> String {
    with_spec("  kprobes: [{call: f}]").replace("name: p", &format!("name: {name}"))
}

/// What is found in `text`, and how many policies are read.
fn outcome(text: &str) -> (Vec<(&'static str, String)>, usize) {
    let outcome = read(text);
    (outcome.findings(), outcome.policies.len())
}

fn found(code: &'static str, at: &str) -> Vec<(&'static str, String)> {
    vec![(code, at.to_owned())]
}

#[test]
fn a_template_is_passed_over() {
    let text = policy("\"{{ .Release.Name }}\"");
    assert_eq!(outcome(&text), (found("TP0158", "{{ .Release.Name }}"), 0));
    let text = format!("{{{{- if .Values.on }}}}\n{}{{{{- end }}}}\n", policy("p"));
    assert_eq!(outcome(&text), (found("TP0158", "{{- if .Values.on }}"), 0));
}

#[test]
fn braces_in_a_message_make_no_template() {
    let text = with_kprobe("    message: \"{{ .comm }} opened a file\"");
    assert_eq!(outcome(&text), (vec![], 1));
}

#[test]
fn the_items_of_a_list_are_read_at_their_places() {
    let items = [policy("a"), with_kprobe("    tgas: []").replace("name: p", "name: b")]
        .map(|policy| format!("- {}\n", policy.trim_end().replace('\n', "\n  ")))
        .concat();
    let text = format!("apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n{items}");
    assert_eq!(
        outcome(&text),
        (vec![("TP0107", "Pod".into()), ("TP0108", "tgas".into())], 2),
        "{text}"
    );
}

#[test]
fn what_goes_with_policies_is_passed_over_also_alone() {
    for kind in ["Kustomization", "CustomResourceDefinition"] {
        assert_eq!(outcome(&format!("kind: {kind}\nspec: 5\n")), (found("TP0107", kind), 0));
    }
}

#[test]
fn patches_are_passed_over() {
    let text = with_spec("  kprobes:\n  - $patch: delete\n    call: f");
    assert_eq!(outcome(&text), (found("TP0107", "$patch"), 0));
    let text = "- op: replace\n  path: /spec/kprobes/0/call\n  value: g\n";
    assert_eq!(outcome(text), (found("TP0107", "op"), 0));
}

#[test]
fn a_second_policy_is_what_tetragon_does_not_read() {
    let text = format!("{}---\n{}---\n{}", policy("a"), policy("b"), policy("c"));
    let (findings, policies) = outcome(&text);
    assert_eq!((findings, policies), (found("TP0147", "apiVersion"), 3));
}

#[test]
fn json_is_read() {
    let text = "{\n\t\"apiVersion\": \"cilium.io\\/v1alpha1\",\n\t\"kind\": \"TracingPolicy\",\n\
                \t\"metadata\": {\"name\": \"p\"},\n\t\"spec\": {\"kprobes\": [\n\
                \t\t{\"call\": \"f\", \"syscal\": false}\n\t]}\n}\n";
    assert_eq!(outcome(text), (found("TP0108", "\"syscal\""), 1));
}

#[test]
fn the_version_is_checked() {
    let other = policy("p").replace("cilium.io/v1alpha1", "foo/v9");
    assert_eq!(outcome(&other), (found("TP0146", "foo/v9"), 1));
    let without = policy("p").replace("apiVersion: cilium.io/v1alpha1\n", "");
    assert_eq!(outcome(&without), (found("TP0146", "kind"), 1));
}
