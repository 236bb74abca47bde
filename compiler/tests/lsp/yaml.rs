//! Hover, completion and definitions in TracingPolicy documents.

use super::client::{Client, POLICY};

/// A policy with one kprobe that holds `rest`.
fn kprobe(rest: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p\nspec:\n  \
         kprobes:\n  - call: security_file_permission\n    syscall: false\n{rest}"
    )
}

fn labels(marked: &str) -> Vec<String> {
    Client::start("all").labels(POLICY, marked)
}

fn hover(marked: &str) -> String {
    Client::start("all").hover(POLICY, marked)
}

#[test]
fn keys_are_those_of_the_nesting_that_are_not_there_yet() {
    let found = labels(&kprobe("    args:\n    - index: 0\n      |"));
    let expected = [
        "label",
        "resolve",
        "source",
        "sizeArgIndex",
        "btfType",
        "btfTypeModule",
        "type",
        "returnCopy",
        "maxData",
    ];
    assert_eq!(found, expected);
}

#[test]
fn keys_are_found_while_a_word_is_typed_and_in_brackets() {
    assert_eq!(labels(&kprobe("    sel|")), ["selectors"]);
    assert_eq!(labels(&kprobe("    args: [{ index: 0, ty|")), ["type"]);
    assert_eq!(labels(&kprobe("    args: [{ index: 0, ty| }]\n    message: x\n")), ["type"]);
    assert_eq!(
        labels(&kprobe("    selectors:\n    - matchN|\n      matchActions: [{ action: Post }]\n")),
        ["matchNamespaces", "matchNamespaceChanges"]
    );
    assert_eq!(labels("kind: TracingPolicy\nsp|"), ["spec"]);
    assert_eq!(labels("kind: TracingPolicy\nspec:\n  k|"), ["kprobes"]);
}

#[test]
fn keys_that_are_needed_come_first() {
    let found = labels(&kprobe("    selectors:\n    - matchActions:\n      - |"));
    assert_eq!(found.first().map(String::as_str), Some("action"));
}

#[test]
fn words_are_those_of_the_enumeration() {
    assert_eq!(
        labels(&kprobe("    selectors:\n    - matchActions:\n      - action: S|")),
        ["Sigkill", "Signal", "Set"]
    );
    assert_eq!(labels("kind: |\n# TracingPolicy"), ["TracingPolicy", "TracingPolicyNamespaced"]);
    assert_eq!(labels(&kprobe("    return: t|")), ["true"]);
}

#[test]
fn operators_fit_the_type_of_the_argument() {
    let test = "    selectors:\n    - matchArgs:\n      - index: 1\n        operator: |";
    let of = |type_: &str| {
        labels(&kprobe(&format!("    args: [{{ index: 1, type: {type_} }}]\n{test}")))
    };
    let numbers = of("int");
    assert!(numbers.contains(&"Mask".to_owned()) && !numbers.contains(&"Prefix".to_owned()));
    assert_eq!(
        of("file"),
        [
            "Equal",
            "NotEqual",
            "Prefix",
            "NotPrefix",
            "Postfix",
            "NotPostfix",
            "SubString",
            "SubStringIgnCase",
            "FileType",
            "NotFileType"
        ]
    );
}

#[test]
fn hooks_exist_on_all_kernels() {
    let call = |kernels: &str, name: &str| {
        let text = format!(
            "kind: TracingPolicy\nspec:\n  kprobes:\n  - call: {name}|\n    syscall: false\n"
        );
        Client::start(kernels).labels(POLICY, &text)
    };
    assert_eq!(call("all", "security_file_perm"), ["security_file_permission"]);
    // `security_inode_setattr` gained a caller that changes it; `vfs_mkdir` is on all kernels.
    assert_eq!(call("all", "vfs_mkd"), ["vfs_mkdir"]);
    // Kernel 5.10 has no `security_create_user_ns`.
    assert_eq!(call("6.12", "security_create_user"), ["security_create_user_ns"]);
    assert!(call("5.10,6.12", "security_create_user").is_empty());
}

#[test]
fn each_kind_of_hook_is_offered() {
    let hook = |section: &str| labels(&format!("kind: TracingPolicy\nspec:\n{section}"));
    assert_eq!(hook("  kprobes:\n  - call: sys_openat|"), ["sys_openat", "sys_openat2"]);
    assert_eq!(hook("  lsmhooks:\n  - hook: bprm_check|"), ["bprm_check_security"]);
    assert_eq!(hook("  tracepoints:\n  - subsystem: sche|"), ["sched"]);
    assert_eq!(
        hook("  tracepoints:\n  - subsystem: sched\n    event: sched_process_ex|"),
        ["sched_process_exec", "sched_process_exit"]
    );
}

#[test]
fn an_index_is_offered_with_the_name_of_its_parameter() {
    let text = kprobe("    args:\n    - index: |");
    let result = Client::start("all").at("textDocument/completion", POLICY, &text);
    let items = result["items"].as_array().unwrap();
    let shown: Vec<_> = items.iter().map(|item| (&item["label"], &item["detail"])).collect();
    assert_eq!(shown.len(), 2);
    assert_eq!(*shown[0].0, "0");
    assert_eq!(*shown[0].1, "struct file *file");
    assert_eq!(*shown[1].1, "int mask");
}

#[test]
fn paths_of_fields_go_on_step_by_step() {
    let path =
        |path: &str| labels(&kprobe(&format!("    args:\n    - index: 0\n      resolve: {path}|")));
    assert_eq!(path("f_in"), ["f_inode"]);
    assert_eq!(path("f_inode.i_mo"), ["f_inode.i_mode"]);
    assert_eq!(path("f_path.dentry.d_name.na"), ["f_path.dentry.d_name.name"]);
    let task =
        "    data:\n    - index: 0\n      source: current_task\n      resolve: real_cred.eu|";
    assert_eq!(labels(&kprobe(task)), ["real_cred.euid"]);
}

#[test]
fn names_that_the_policy_defines_are_offered_and_lead_to_their_definitions() {
    let text = "kind: TracingPolicy\nspec:\n  lists:\n  - name: closing\n    values: [sys_close]\n  \
                selectorsMacros:\n    quiet:\n      matchActions: [{ action: NoPost }]\n  kprobes:\n  \
                - call: \"list:clo|sing\"\n    selectors:\n    - macros: [quiet]\n";
    assert_eq!(labels(&text.replace("clo|sing", "clo|")), ["list:closing"]);
    assert_eq!(labels(&text.replace('|', "").replace("[quiet]", "[qu|]")), ["quiet"]);
    let mut client = Client::start("6.1");
    let list = client.at("textDocument/definition", POLICY, text);
    assert_eq!(list["range"]["start"], serde_json::json!({ "line": 3, "character": 10 }));
    assert_eq!(list["range"]["end"], serde_json::json!({ "line": 3, "character": 17 }));
    let text = text.replace('|', "").replace("[quiet]", "[qui|et]");
    let quiet = client.at("textDocument/definition", POLICY, &text);
    assert_eq!(quiet["range"]["start"], serde_json::json!({ "line": 6, "character": 4 }));
}

#[test]
fn a_hook_shows_its_prototype_on_each_kernel() {
    let text = "kind: TracingPolicy\nspec:\n  kprobes:\n  - call: security_|inode_setxattr\n    syscall: false\n";
    let found = Client::start("5.10,6.12").hover(POLICY, text);
    let old =
        "Kernel 5.10:\n```c\nint security_inode_setxattr(struct dentry *dentry, const char *name";
    let new = "Kernel 6.12:\n```c\nint security_inode_setxattr(struct mnt_idmap *idmap, struct dentry *dentry";
    assert!(found.contains(old) && found.contains(new), "{found}");
    let text = "kind: TracingPolicy\nspec:\n  kprobes:\n  - call: sys_ope|nat\n";
    let expected = "Kernel 5.10, 6.1, 6.12, 7.2:\n```c\nlong openat(int dfd, const char *filename, int flags, umode_t mode)\n```";
    assert!(hover(text).starts_with(expected), "{}", hover(text));
}

#[test]
fn keys_and_words_are_explained() {
    assert_eq!(
        hover(&kprobe("    sysc|all: false\n").replacen("    syscall: false\n", "", 1)),
        "`syscall`: `true` or `false`\n\nWhether `call` is a system call; it must be `false` for any other function.\n\nDefault: `true`"
    );
    let operator = kprobe(
        "    args: [{ index: 1, type: int }]\n    selectors:\n    - matchArgs: [{ index: 1, operator: Ma|sk, values: [\"2\"] }]\n",
    );
    assert_eq!(hover(&operator), "`Mask`: At least one bit of a value is set in it.");
    let index = kprobe("    args: [{ index: |1, type: int }]\n");
    assert_eq!(hover(&index), "```c\nint mask\n```");
}

#[test]
fn a_finding_shows_the_page_of_its_rule() {
    let text = "kind: TracingPolicy\nmetadata: { name: p }\nspec:\n  kprobes:\n  - call: security_file_opn|\n    syscall: false\n";
    let found = hover(text);
    assert!(found.contains("# TP0201: unknown-function\n"), "{found}");
}
