//! What is said about functions that cannot be hooked, on the embedded kernels.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use writ::diagnostic::{Diagnostic, Diagnostics};
use writ::driver;
use writ::engine::LoadBudget;
use writ::kernel::embedded;
use writ::parse::{self, Language};
use writ::source::SourceMap;

fn found(kernel: &str, call: &str, kind: &str) -> Vec<Diagnostic> {
    let text = format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p\nspec:\n  \
         kprobes:\n  - call: {call}\n    syscall: {kind}\n"
    );
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("p.yaml", text);
    let policies = parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    let profile = embedded::profile(kernel).unwrap().unwrap();
    driver::check(policies.iter(), &profile, LoadBudget::default()).into_sorted()
}

#[test]
fn each_reason_why_a_function_cannot_be_hooked_has_its_code() {
    let cases = [
        ("6.1", "no_such_function", "false", "TP0201"),
        ("6.1", "link_path_walk", "false", "TP0202"),
        ("6.1", "may_create", "false", "TP0209"),
        ("6.12", "load_elf_binary", "false", "TP0209"),
        ("6.1", "entry_SYSCALL_64", "false", "TP0222"),
        ("6.1", "do_syscall_64", "false", "TP0402"),
        ("6.1", "sys_stat", "true", "TP0223"),
        ("6.1", "sys_chown16", "true", "TP0223"),
    ];
    for (kernel, call, kind, code) in cases {
        let found = found(kernel, call, kind);
        let codes: Vec<&str> = found.iter().map(|one| one.code.id).collect();
        assert_eq!(codes, [code], "{call} on {kernel}");
    }
}

#[test]
fn functions_with_several_names_and_replaced_weak_ones_can_be_hooked() {
    for (kernel, call, kind) in [
        ("6.1", "sys_inotify_init", "true"),
        ("5.10", "sys_inotify_init", "true"),
        // ftrace lists it twice on this kernel, and the kernel has it once.
        ("5.10", "do_one_initcall", "false"),
    ] {
        assert_eq!(found(kernel, call, kind), [], "{call} on {kernel}");
    }
}

#[test]
fn the_kernels_that_have_a_function_are_named() {
    let found = found("7.2", "override_creds", "false");
    let notes = &found.first().unwrap().finding.notes;
    let told = "of the kernels that come with writ, it is in 5.10, 6.1, 6.12";
    assert!(notes.iter().any(|note| note == told), "{notes:?}");
}
