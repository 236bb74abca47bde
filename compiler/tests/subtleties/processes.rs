//! Which processes conditions are about.

use std::collections::BTreeMap;

use writ::ir::interpret::{Event, KnownProcess, Parent, Started};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ_bundle::Workload;

use super::meaning::{Meaning, event, on, policy, text};

/// A hook with one condition on the process.
fn asking(condition: &str) -> Meaning {
    on("security_file_open", "type: file", &format!("{{{condition}}}"))
}

/// A process that executes this now, and executed that before.
fn executing(now: &str, before: &[&str]) -> Event {
    let bytes = |text: &&str| text.as_bytes().to_vec();
    let mut event = event([text("/a")]);
    let line = before.iter().map(bytes).collect();
    let executable = bytes(&now);
    event.process.known = Some(KnownProcess { executable, line, ..KnownProcess::default() });
    event
}

fn unknown() -> Event {
    let mut event = event([text("/a")]);
    event.process.known = None;
    event
}

#[test]
fn a_process_that_is_not_known_matches_no_condition_on_its_executable() {
    for condition in [
        "matchBinaries: [{operator: In, values: [/usr/bin/cat]}]",
        "matchBinaries: [{operator: NotIn, values: [/usr/bin/cat]}]",
        "matchBinaries: [{operator: NotPrefix, values: [/usr]}]",
        "matchBinaries: [{operator: NotIn, values: [/usr/bin/cat], followChildren: true}]",
        "matchParentBinaries: [{operator: NotIn, values: [/usr/bin/cat]}]",
        "matchNamespaceChanges: [{operator: In, values: [Uts]}]",
        "matchCapabilityChanges: [{type: Effective, operator: In, values: [CAP_SYS_ADMIN]}]",
    ] {
        assert!(!asking(condition).posts(&unknown()), "{condition}");
    }
    assert!(asking("").posts(&unknown()), "without a condition");
}

#[test]
fn an_executable_is_its_whole_path() {
    let mut asked = asking("matchBinaries: [{operator: In, values: [/usr/bin/cat]}]");
    assert!(asked.posts(&executing("/usr/bin/cat", &[])));
    assert!(!asked.posts(&executing("/bin/cat", &[])));
    assert!(!asked.posts(&executing("/usr/bin/cat2", &[])));
    assert!(!asked.posts(&executing("/bin/sh", &["/usr/bin/cat"])), "no longer");
}

#[test]
fn descendants_count_with_follow_children_and_are_left_out_by_its_opposite() {
    let mut within =
        asking("matchBinaries: [{operator: In, values: [/bin/sh], followChildren: true}]");
    let mut without =
        asking("matchBinaries: [{operator: NotIn, values: [/bin/sh], followChildren: true}]");
    for (process, is_within) in [
        (executing("/bin/sh", &[]), true),
        (executing("/bin/ls", &["/bin/sh"]), true),
        (executing("/bin/ls", &["/bin/cat"]), false),
    ] {
        assert_eq!(within.posts(&process), is_within);
        assert_eq!(without.posts(&process), !is_within);
    }
}

#[test]
fn a_parent_that_was_not_seen_fails_the_rule() {
    let mut asked = asking("matchParentBinaries: [{operator: NotIn, values: [/bin/sh]}]");
    let mut process = executing("/bin/ls", &[]);
    assert!(!asked.posts(&process));
    for (parent, expected) in [("/bin/sh", false), ("/sbin/init", true)] {
        let executable = parent.as_bytes().to_vec();
        let known = process.process.known.as_mut().unwrap();
        known.parent = Some(Parent { executable, line: Vec::new() });
        assert_eq!(asked.posts(&process), expected, "{parent}");
    }
}

#[test]
fn a_pid_is_the_processs_not_the_threads_and_each_entry_must_hold() {
    let mut asked =
        asking("matchPIDs: [{operator: In, values: [10, 11]}, {operator: NotIn, values: [11]}]");
    let mut process = event([text("/a")]);
    process.process.tid = 99;
    assert!(asked.posts(&process));
    process.process.pid = 11;
    assert!(!asked.posts(&process));
    process.process.pid = 12;
    process.process.tid = 10;
    assert!(!asked.posts(&process));
}

#[test]
fn a_namespace_is_the_hosts_or_has_the_number_and_one_that_is_not_known_fails_the_rule() {
    let host = BTreeMap::from([(NamespaceKind::Mnt, 7)]);
    for (operator, inode, expected) in [
        ("In", Some(7), true),
        ("In", Some(8), false),
        ("NotIn", Some(7), false),
        ("NotIn", Some(8), true),
        ("NotIn", None, false),
    ] {
        let mut asked = asking(&format!(
            "matchNamespaces: [{{namespace: Mnt, operator: {operator}, values: [host_ns]}}]"
        ));
        let namespaces = inode.map(|inode| (NamespaceKind::Mnt, inode)).into_iter().collect();
        let process = Event { namespaces, host_namespaces: host.clone(), ..event([text("/a")]) };
        assert_eq!(asked.posts(&process), expected, "{operator} {inode:?}");
    }
}

#[test]
fn in_is_any_capability_and_not_in_is_none_of_them() {
    for (operator, bits, expected) in [
        ("In", 1 << 21, true),
        ("In", 1 << 12 | 1, true),
        ("In", 1, false),
        ("NotIn", 1, true),
        ("NotIn", 1 << 21, false),
    ] {
        let mut asked = asking(&format!(
            "matchCapabilities: [{{type: Effective, operator: {operator}, \
             values: [CAP_SYS_ADMIN, CAP_NET_ADMIN]}}]"
        ));
        let capabilities = BTreeMap::from([(CapabilitySet::Effective, bits)]);
        let process = Event { capabilities, ..event([text("/a")]) };
        assert_eq!(asked.posts(&process), expected, "{operator} {bits:#x}");
    }
}

#[test]
fn processes_of_the_hosts_user_namespace_can_be_left_out_in_either_sense() {
    for operator in ["In", "NotIn"] {
        let mut asked = asking(&format!(
            "matchCapabilities: [{{type: Effective, operator: {operator}, \
             isNamespaceCapability: true, values: [CAP_SYS_ADMIN]}}]"
        ));
        for (inode, expected) in [(7, false), (8, true)] {
            let bits = if operator == "In" { 1 << 21 } else { 0 };
            let process = Event {
                capabilities: BTreeMap::from([(CapabilitySet::Effective, bits)]),
                namespaces: BTreeMap::from([(NamespaceKind::User, inode)]),
                host_namespaces: BTreeMap::from([(NamespaceKind::User, 7)]),
                ..event([text("/a")])
            };
            assert_eq!(asked.posts(&process), expected, "{operator} in {inode}");
        }
    }
}

#[test]
fn a_change_that_is_not_in_the_list_is_one_of_something_else() {
    let changed = |kind: Option<NamespaceKind>| {
        let before: BTreeMap<NamespaceKind, u32> =
            NamespaceKind::ALL.into_iter().map(|kind| (kind, 1)).collect();
        let mut process = executing("/bin/ls", &[]);
        process.namespaces = before.clone();
        process.namespaces.extend(kind.map(|kind| (kind, 2)));
        let started = Started { namespaces: before, capabilities: BTreeMap::new() };
        process.process.known.as_mut().unwrap().started = started;
        process
    };
    let mut within = asking("matchNamespaceChanges: [{operator: In, values: [Uts, Mnt]}]");
    let mut without = asking("matchNamespaceChanges: [{operator: NotIn, values: [Uts, Mnt]}]");
    for (kind, expected) in [
        (None, (false, false)),
        (Some(NamespaceKind::Uts), (true, false)),
        (Some(NamespaceKind::Net), (false, true)),
    ] {
        let process = changed(kind);
        assert_eq!((within.posts(&process), without.posts(&process)), expected, "{kind:?}");
    }
}

/// A process of a container in a pod of this Kubernetes namespace with this label.
fn in_pod(namespace: &str, app: &str) -> Event {
    let labels = BTreeMap::from([("app".to_owned(), app.to_owned())]);
    let mut event = event([text("/a")]);
    let (namespace, container) = (namespace.to_owned(), "main".to_owned());
    event.process.workload = Some(Workload { namespace, labels, container });
    event
}

/// A policy of this kind for some workloads.
fn selecting(head: &str, selectors: &str) -> Meaning {
    policy(&format!(
        "{head}\nspec:\n{selectors}  kprobes:\n  - {{call: security_file_open, syscall: false, \
         args: [{{index: 0, type: file}}]}}\n"
    ))
}

#[test]
fn a_policy_is_for_the_workloads_that_it_selects() {
    let cluster = "kind: TracingPolicy\nmetadata: {name: p}";
    let namespaced = "kind: TracingPolicyNamespaced\nmetadata: {name: p, namespace: web}";
    let host = event([text("/a")]);
    let (own, other) = (in_pod("web", "shop"), in_pod("db", "store"));
    for (head, selectors, expected) in [
        (cluster, "", [true, true, true]),
        (cluster, "  podSelector: {}\n", [false, true, true]),
        (cluster, "  hostSelector: {}\n", [true, false, false]),
        (cluster, "  podSelector: {matchLabels: {app: shop}}\n", [false, true, false]),
        (
            cluster,
            "  podSelector: {}\n  containerSelector: {}\n  hostSelector: {}\n",
            [true, true, true],
        ),
        (namespaced, "", [false, true, false]),
        (namespaced, "  podSelector: {matchLabels: {app: store}}\n", [false, false, false]),
    ] {
        let mut meaning = selecting(head, selectors);
        let found = [&host, &own, &other].map(|event| meaning.posts(event));
        assert_eq!(found, expected, "{head} {selectors}");
    }
}
