//! The catalogue of the loader's codes. A code is never renumbered or used again.
//!
//! Ranges: L01 bundles and what they need, L02 the kernel's refusals, L03 the environment, L04
//! requests to a loader that runs.

/// Whose fault it is, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bundle is not one, or not one for this kernel.
    Bundle,
    /// The kernel or the machine did not do what was asked.
    Environment,
    /// Something was asked of a running loader that it cannot do.
    Request,
}

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `L` and four digits.
    pub id: &'static str,
    /// Readable after "because of": `other-kernel`.
    pub name: &'static str,
    pub fault: Fault,
    /// What it means and what to do, for `writ-loader explain`.
    pub explanation: &'static str,
}

macro_rules! catalogue {
    ($($constant:ident = $id:literal $name:literal $fault:ident $explanation:literal;)*) => {
        $(
            #[doc = concat!($id, ": ", $name, ".")]
            pub static $constant: Code = Code {
                id: $id,
                name: $name,
                fault: Fault::$fault,
                explanation: $explanation,
            };
        )*
        /// Every code, ordered by id.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

catalogue! {
    NOT_A_BUNDLE = "L0101" "not-a-bundle" Bundle
        "The file is no ELF object, or one that `writ compile` did not write.\n\
         Only bundles are loaded, since what an object's programs do must be known before they are attached.\n\
         Compile the policies with `writ compile`.";
    DAMAGED_BUNDLE = "L0102" "damaged-bundle" Bundle
        "The bundle's manifest cannot be read, or does not describe the object it stands in.\n\
         The file was cut short or changed after it was written. Compile or copy it again.";
    NEWER_FORMAT = "L0103" "newer-format" Bundle
        "The bundle was written by a newer compiler than this loader understands.\n\
         Install a writ-loader at least as new as the writ that compiled it.";
    OTHER_KERNEL = "L0104" "other-kernel" Bundle
        "The bundle was compiled for a kernel with other types than the one that is running.\n\
         Programs that were checked against one kernel may read the wrong bytes on another, so it is refused.\n\
         Capture this kernel with `writ kernel capture` and compile with `--kernel`, or give several bundles and let the loader choose.";
    POLICY_TWICE = "L0105" "policy-twice" Bundle
        "Two bundles that fit this kernel hold a policy of the same name.\n\
         Each event would be reported twice. Leave one of them out.";
    MISSING_FEATURE = "L0106" "missing-feature" Bundle
        "The kernel lacks something that the bundle cannot do without, so nothing was attached.\n\
         An LSM program, for one, loads and attaches on a kernel whose list of active LSMs has no `bpf`, and then enforces nothing.\n\
         `writ-loader preflight` lists every requirement with its answer.";
    VERIFIER = "L0201" "verifier" Environment
        "The kernel's verifier refused a program, so nothing is attached.\n\
         The message names the line of the policy that the refused instruction serves.\n\
         When the bundle was compiled for exactly this kernel this is a bug of the compiler: please report it with the log.";
    ATTACH = "L0202" "attach" Environment
        "A program was loaded and could not be attached, so everything was detached again.\n\
         A function can be missing, inlined or forbidden to trace; tracepoints need tracefs at /sys/kernel/tracing.";
    MAP = "L0203" "map" Environment
        "A map could not be created or filled, so nothing is attached.\n\
         The usual causes are too little memory and, before Linux 5.11, a low limit of locked memory.";
    PERMISSION = "L0301" "permission" Environment
        "The kernel does not permit this process to load programs.\n\
         Run writ-loader as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE, outside of a confined container.";
    FILE = "L0302" "file" Environment
        "A file cannot be read or written.";
    KERNEL_TYPES = "L0303" "kernel-types" Environment
        "The running kernel does not publish its types in /sys/kernel/btf/vmlinux.\n\
         Without them a bundle cannot be matched with the kernel. Use a kernel built with CONFIG_DEBUG_INFO_BTF.";
    SYSTEM_CALL = "L0304" "system-call" Environment
        "A system call that the loader itself needs failed.";
    USER_PROGRAM = "L0305" "user-program" Environment
        "A program or library that a policy hooks is missing, is no file for x86-64, is another build, or lacks the function or the probe.\n\
         Names are those of the file's symbol tables: C++ and Rust mangle theirs, and a stripped program keeps only what it exports.\n\
         With `ignore: {digestVerificationFailure: true}` the hook is passed over instead.";
    UNIFIED_CGROUPS = "L0306" "unified-cgroups" Environment
        "A policy is for pods, containers or the host only, and this node has no unified cgroup hierarchy (cgroup v2).\n\
         Programs tell workloads by the cgroup v2 of a process; on a node with cgroup v1 alone all processes are in one.\n\
         Boot with `systemd.unified_cgroup_hierarchy=1`, or mount cgroup2 at /sys/fs/cgroup.";
    WORKLOADS = "L0307" "workloads" Environment
        "What `--workloads` names cannot be read or is not understood.\n\
         It is a JSON file, or a directory of them: {\"pods\": [{\"namespace\", \"name\", \"labels\", \"containers\": [{\"name\", \"id\", \"cgroup\"}]}]}.\n\
         A loader that runs keeps what it knew until the file is right.";
    CONTROL = "L0308" "control" Environment
        "The socket through which policies are listed and switched cannot be made or used.\n\
         One loader serves one socket; the one that `--socket` names, and /run/writ-loader.sock when nothing is said. Only root may use it.";
    UNKNOWN_POLICY = "L0401" "unknown-policy" Request
        "No policy of that name runs on this node.\n\
         `writ-loader policy list` shows those that do.";
    AMBIGUOUS_POLICY = "L0402" "ambiguous-policy" Request
        "Policies of several Kubernetes namespaces have that name.\n\
         Say which with `--namespace`.";
    SKIPPED_POLICY = "L0403" "skipped-policy" Request
        "The policy's nodeSelector is not for this node, so it cannot be enabled here.\n\
         The node's labels are those that `--node-label` gave to `writ-loader run`.";
}

/// The code with this id or name.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id_or_name) || code.name == id_or_name)
}

/// Why the loader stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("error[{}]: {message}{}", code.id, help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default())]
pub struct Problem {
    pub code: &'static Code,
    /// What is wrong, with what: lower case, no final period.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without advice of its own; the code's explanation has some.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// A system call of the loader's own that failed.
    pub fn of_call(call: &str, error: &std::io::Error) -> Self {
        Self::new(&SYSTEM_CALL, format!("{call}: {error}"))
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ordered_unique_and_found_by_id_and_name() {
        assert!(ALL.is_sorted_by(|a, b| a.id < b.id));
        for code in ALL {
            assert_eq!(find(&code.id.to_lowercase()), Some(*code));
            assert_eq!(find(code.name), Some(*code));
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        }
    }
}
