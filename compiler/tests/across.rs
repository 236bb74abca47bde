//! Arguments that a policy counts, against the embedded kernels.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use writ::diagnostic::Diagnostics;
use writ::driver;
use writ::engine::Engine;
use writ::kernel::embedded;
use writ::parse::{self, Language};
use writ::source::SourceMap;

/// Code and underlined text of what is found in a policy.
fn found(kernels: &[&str], hook: &str) -> Vec<(String, String)> {
    let head = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p\nspec:\n";
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("p.yaml", format!("{head}  {hook}\n"));
    let policies = parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    let kernels: Vec<_> =
        kernels.iter().map(|name| embedded::profile(name).unwrap().unwrap()).collect();
    let found = driver::check_across(Engine::default(), policies.iter(), &kernels);
    let list = found.into_sorted().into_iter();
    list.map(|one| (one.code.id.to_owned(), one.finding.label)).collect()
}

fn kprobe(call: &str, index: u32) -> String {
    format!(
        "kprobes:\n  - call: {call}\n    syscall: false\n    args:\n    - index: {index}\n      type: nop"
    )
}

#[test]
fn a_parameter_that_moved_is_named_with_both_kernels() {
    let found = found(&["5.10", "6.1"], &kprobe("vfs_unlink", 1));
    let label = "`struct dentry *dentry` on 5.10; `struct inode *dir` on 6.1";
    assert_eq!(found, [("TP0220".to_owned(), label.to_owned())]);
}

#[test]
fn a_parameter_that_stayed_is_no_finding() {
    let cases = [
        (&["5.10", "6.1", "6.12", "7.2"][..], "security_file_open", 0),
        (&["5.10"][..], "vfs_unlink", 1),
        (&["5.10", "6.1"][..], "fd_install", 1),
        (&["5.10", "6.1"][..], "no_such_function", 1),
        (&["5.10", "6.1"][..], "vfs_unlink", 99),
    ];
    for (kernels, function, index) in cases {
        assert_eq!(found(kernels, &kprobe(function, index)), [], "{function}");
    }
}

#[test]
fn system_calls_keep_their_arguments() {
    for call in ["sys_openat", "sys_mount", "sys_ptrace", "sys_bpf", "sys_setns"] {
        for index in 0..6 {
            let hook = kprobe(call, index).replace("false", "true");
            assert_eq!(found(&["5.10", "6.1", "6.12", "7.2"], &hook), [], "{call} {index}");
        }
    }
}
