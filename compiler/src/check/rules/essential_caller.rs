//! Enforcement that can hit what runs the node: PID 1, the container runtime, the kubelet, the loader.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{enforcement, kernel_selectors};
use crate::check::{place, scope};
use crate::diagnostic::Finding;
use crate::resolved::{Hook, Policy, Question, Selector, Sense};

pub(super) const RULE: Rule = Rule { code: &code::ESSENTIAL_CALLER, check };

const RUNTIME: &str = "the container runtime does this for every container that it starts";
const LOADER: &str = "whoever loads this policy does this too, and so does systemd";
const EVERYBODY: &str = "PID 1, the container runtime and the kubelet do this all the time";

/// System calls and LSM hooks of which it is sure that the node's own programs use them.
const CALLS: &[(&[&str], &str)] = &[
    (&["setns", "unshare", "pivot_root", "move_mount"], RUNTIME),
    (&["mount", "umount", "umount2", "sb_mount", "sb_umount", "sb_pivotroot"], RUNTIME),
    (&["setuid", "setgid", "setresuid", "setresgid", "setgroups", "capset"], RUNTIME),
    (&["task_fix_setuid", "task_fix_setgid", "task_fix_setgroups", "userns_create"], RUNTIME),
    (&["bpf", "bpf_map", "bpf_prog", "perf_event_open"], LOADER),
    (&["clone", "clone3", "fork", "vfork", "execve", "execveat"], EVERYBODY),
    (&["task_alloc", "bprm_check_security", "bprm_creds_for_exec", "capable"], EVERYBODY),
    (&["open", "openat", "openat2", "read", "write", "connect", "sendto", "sendmsg"], EVERYBODY),
    (&["file_open", "file_permission", "inode_permission", "mmap_file"], EVERYBODY),
    (&["socket", "socket_create", "socket_connect", "socket_sendmsg", "task_kill"], EVERYBODY),
];

/// Directories in which the node's own programs open files at any time.
const FOLDERS: &[&str] = &[
    "/dev",
    "/etc",
    "/lib",
    "/proc",
    "/run",
    "/sys",
    "/sys/fs",
    "/sys/fs/cgroup",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/run",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        // Without any condition, another rule speaks.
        if selector.condition.is_always() || scope::names_processes(policy, selector) {
            continue;
        }
        let Some(why) = hit(hook, selector, findings) else { continue };
        findings.add(
            Finding::at(action.span(), "this can stop the programs that run the node")
                .inferred()
                .label(why)
                .also(hook.point_span, "no condition leaves them out")
                .help(
                    "say which processes are meant: `matchNamespaces` with `host_ns` and `NotIn`, \
                     `matchBinaries`, or a `podSelector`"
                        .to_owned(),
                ),
        );
    }
}

fn hit(hook: &Hook, selector: &Selector, findings: &Findings<'_>) -> Option<&'static str> {
    let asked = place::lsm_hook(hook);
    let name = asked.as_deref().or_else(|| place::syscall(hook, findings.kernel()))?;
    let (_, why) = CALLS.iter().find(|(names, _)| names.contains(&name))?;
    let tests = selector.condition.tests();
    if !tests.iter().any(|test| scope::names_thing(test)) {
        return Some(why);
    }
    let by_folder = tests.iter().all(|test| {
        let Question::Text { set, .. } = &test.question else { return false };
        test.sense == Sense::IsNot || set.patterns.iter().any(|one| is_folder(&one.pattern))
    });
    by_folder.then_some("PID 1, the container runtime and the kubelet open files there")
}

fn is_folder(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Prefix(text) => FOLDERS.contains(&text.trim_end_matches('/')),
        Pattern::Equal(_) | Pattern::Postfix(_) => false,
    }
}
