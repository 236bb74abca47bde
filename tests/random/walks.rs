//! The ways through the kernel's structures that random policies take, as `resolve` finds them.

use writ::diagnostic::Diagnostics;
use writ::kernel::Profile;
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::resolved::{Argument, Policy, Reader, Walk};
use writ::source::SourceMap;

/// Ways, and how what stands at their ends is read.
#[derive(Debug, Clone)]
pub(crate) struct Walks {
    /// With the number of the parameter in which each begins.
    pub of_pointers: Vec<(u32, Walk, Reader)>,
    /// From the calling task.
    pub of_task: Vec<(Walk, Reader)>,
}

/// Type and path of ways from a `struct file *`. No two end in the same place, and none ends on the
/// way of another.
const OF_FILE: [(&str, &str); 9] = [
    ("string", "f_path.dentry.d_name.name"),
    ("uint16", "f_inode.i_mode"),
    ("uint64", "f_inode.i_ino"),
    ("uint32", "f_flags"),
    ("string", "f_inode.i_sb.s_id"),
    ("string", "f_path.dentry.d_parent.d_name.name"),
    ("path", "f_path"),
    ("cred", "f_cred"),
    ("int32", "f_inode.i_sb.s_count"),
];

/// The same from a `struct linux_binprm *`.
const OF_BINPRM: [(&str, &str); 7] = [
    ("int8", "buf[1]"),
    ("file", "file"),
    ("int32", "argc"),
    ("uint8", "secureexec"),
    ("cap_effective", "cred.cap_effective"),
    ("cap_permitted", "cred.cap_permitted"),
    ("string", "interp"),
];

/// The same from the calling task, of which tests know what is there.
const OF_TASK: [(&str, &str); 6] = [
    ("int32", "tgid"),
    ("int32", "pid"),
    ("string", "comm"),
    ("uint32", "real_cred.uid.val"),
    ("cap_effective", "real_cred.cap_effective"),
    ("int32", "group_leader.pid"),
];

/// Finds the ways on this kernel.
pub(crate) fn walks(kernel: &Profile) -> Walks {
    Walks { of_pointers: of_pointers(kernel), ..of_task(kernel) }
}

fn of_pointers(kernel: &Profile) -> Vec<(u32, Walk, Reader)> {
    let file = resolved("security_file_open", &OF_FILE, kernel);
    let binprm = resolved("security_bprm_check", &OF_BINPRM, kernel);
    let pointers = (0..).zip([file, binprm]).flat_map(|(place, policy): (u32, Policy)| {
        let arguments = policy.hooks.into_iter().flat_map(|hook| hook.arguments);
        arguments.map(move |one| (place, way(&one), one.reader))
    });
    pointers.collect()
}

/// Finds those from the calling task alone.
pub(crate) fn of_task(kernel: &Profile) -> Walks {
    let task = OF_TASK.map(|(type_, path)| {
        let data =
            format!("data: [{{index: 0, source: current_task, type: {type_}, resolve: {path}}}]");
        let policy =
            policy(&format!("  - {{call: security_file_open, syscall: false, {data}}}"), kernel);
        let data = &policy.hooks[0].data[0];
        (way(data), data.reader)
    });
    Walks { of_pointers: Vec::new(), of_task: task.into() }
}

fn way(argument: &Argument) -> Walk {
    argument.walk.clone().expect("it is a way")
}

/// A hook takes few arguments, so that there is one for each way.
fn resolved(call: &str, ways: &[(&str, &str)], kernel: &Profile) -> Policy {
    let hook = |(type_, path): &(&str, &str)| {
        let argument = format!("{{index: 0, type: {type_}, resolve: \"{path}\"}}");
        format!("  - {{call: {call}, syscall: false, args: [{argument}]}}")
    };
    policy(&ways.iter().map(hook).collect::<Vec<_>>().join("\n"), kernel)
}

fn policy(hooks: &str, kernel: &Profile) -> Policy {
    let text = format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: ways}}\nspec:\n  \
         kprobes:\n{hooks}\n"
    );
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add("ways.yaml", &text);
    let policies = parse(source, Language::of("ways.yaml"), &sources, &mut diagnostics);
    let resolved = policies.first().and_then(|one| resolve(one, kernel, &mut diagnostics));
    assert!(diagnostics.gate(()).is_ok(), "{text}\n{:#?}", diagnostics.into_sorted());
    resolved.expect("it is resolved")
}
