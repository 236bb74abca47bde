//! Hover, completion and definitions in the Writ language.

use serde_json::json;

use super::client::{Client, WRIT};

fn labels(marked: &str) -> Vec<String> {
    Client::start("all").labels(WRIT, marked)
}

/// The labels at a place of a rule of a hook with these arguments.
fn rule(rule: &str) -> Vec<String> {
    labels(&format!(
        "policy \"p\" {{\n  let keys = [\"/a\"]\n  on kprobe security_file_permission(file: file, mask: int) {{\n    {rule}"
    ))
}

#[test]
fn statements_are_those_of_the_block() {
    assert_eq!(labels("po|"), ["policy"]);
    assert_eq!(labels("policy \"p\" {\n  m|\n}\n"), ["message", "mode", "macro"]);
    assert_eq!(labels("policy \"p\" {\n  mode |\n}\n"), ["enforce", "monitor"]);
    assert_eq!(labels("policy \"p\" {\n  mode monitor\n  o|\n}\n"), ["option", "on"]);
    assert_eq!(rule("o|"), ["otherwise"]);
}

#[test]
fn hooks_are_those_of_their_kind() {
    let hook = |header: &str| labels(&format!("policy \"p\" {{\n  on {header}"));
    assert_eq!(hook("l|"), ["lsm"]);
    assert_eq!(hook("lsm bprm_check|"), ["bprm_check_security"]);
    assert_eq!(hook("syscall openat|"), ["openat", "openat2"]);
    assert_eq!(hook("syscall [openat, setn|"), ["setns"]);
    assert_eq!(hook("kprobe security_file_perm|"), ["security_file_permission"]);
    assert_eq!(hook("tracepoint sche|"), ["sched"]);
    assert_eq!(
        hook("tracepoint sched:sched_process_ex|"),
        ["sched_process_exec", "sched_process_exit"]
    );
}

#[test]
fn arguments_are_the_parameters_of_the_kernels() {
    let hook = |header: &str| labels(&format!("policy \"p\" {{\n  on {header}"));
    assert_eq!(hook("kprobe security_file_permission(|"), ["file", "mask"]);
    assert_eq!(hook("kprobe security_file_permission(file: file, |)"), ["mask"]);
    assert_eq!(hook("kprobe security_file_permission(file: fil|"), ["file", "filename"]);
    assert_eq!(hook("syscall openat(|"), ["dfd", "filename", "flags", "mode"]);
    assert_eq!(hook("lsm bprm_check_security(uid: int = bprm.cred.eu|"), ["euid"]);
    assert_eq!(hook("lsm bprm_check_security(uid: int = bp|"), ["bprm"]);
}

#[test]
fn parameters_that_moved_are_not_offered_where_a_kernel_lacks_them() {
    let text = "policy \"p\" {\n  on kprobe security_inode_setxattr(|";
    assert_eq!(Client::start("6.12").labels(WRIT, text).first().unwrap(), "idmap");
    let found = Client::start("5.10,6.12").labels(WRIT, text);
    assert_eq!(found, ["dentry", "name", "value", "size", "flags"]);
}

#[test]
fn conditions_go_on_step_by_step() {
    assert_eq!(rule("when fi|"), ["file"]);
    assert_eq!(rule("when file.|"), ["path", "type"]);
    assert_eq!(rule("when process.b|"), ["binary"]);
    assert_eq!(rule("when ns.pid|"), ["pid", "pid_for_children"]);
    assert_eq!(rule("when mask has|"), ["has_bits"]);
    assert_eq!(rule("when file.path s|"), ["starts_with"]);
    assert!(rule("when mask s|").is_empty());
    assert_eq!(rule("when file.path in |"), ["keys"]);
    assert_eq!(rule("when ns.pid != |"), ["host", "keys"]);
    assert_eq!(rule("when file.path in [\"/b\", ke|"), ["keys"]);
    assert_eq!(rule("when mask == 1 a|"), ["and"]);
}

#[test]
fn actions_and_their_operands_are_offered() {
    assert_eq!(rule("when mask == 1 => d|"), ["drop", "deny", "dns_lookup"]);
    assert_eq!(rule("when mask == 1 => post, k|"), ["kill"]);
    assert_eq!(rule("when mask == 1 => deny EPER|"), ["EPERM"]);
    assert_eq!(rule("otherwise => signal SIGTE|"), ["SIGTERM"]);
    assert_eq!(rule("otherwise => post rate 10/m|"), ["min"]);
    assert_eq!(rule("otherwise => post rate 10/min per p|"), ["process"]);
}

const POLICY: &str = "policy \"p\" {\n  let keys = [\"/a\"]\n  on kprobe security_file_permission(file: file, #1 as mask: int) {\n    when file.path in keys and mask has_bits 2 => kill\n  }\n}\n";

/// The policy with the cursor in the `count`th occurrence of a text.
fn marked(text: &str, count: usize) -> String {
    let (at, _) = POLICY.match_indices(text).nth(count).unwrap();
    let at = at + 1;
    format!("{}|{}", &POLICY[..at], &POLICY[at..])
}

#[test]
fn names_lead_to_their_declarations() {
    let mut client = Client::start("6.1");
    let mut start = |marked: String| {
        client.at("textDocument/definition", WRIT, &marked)["range"]["start"].take()
    };
    assert_eq!(start(marked("keys", 1)), json!({ "line": 1, "character": 6 }));
    assert_eq!(start(marked("mask", 1)), json!({ "line": 2, "character": 55 }));
    assert_eq!(start(marked("kill", 0)), json!(null));
}

#[test]
fn hooks_arguments_and_words_are_explained() {
    let mut client = Client::start("6.1");
    let mut hover = |text: &str, count: usize| client.hover(WRIT, &marked(text, count));
    let prototype =
        "Kernel 6.1:\n```c\nint security_file_permission(struct file *file, int mask)\n```";
    assert!(hover("security_file", 0).starts_with(prototype));
    assert_eq!(hover("mask", 1), "```c\nint mask\n```");
    assert_eq!(hover("has_bits", 0), "`has_bits`: At least one bit of a value is set in it.");
    assert!(hover("kill", 0).starts_with("`kill`: The process is killed."));
}
