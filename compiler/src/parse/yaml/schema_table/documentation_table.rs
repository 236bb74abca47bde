//! One sentence about each key, for JSON Schema and for hovering, and what leaving a key out means.
//!
//! Sources: the comments and `+kubebuilder` markers of Tetragon's
//! `pkg/k8s/apis/cilium.io/v1alpha1` (`types.go`, `tracing_policy_types.go`), version 1.8.13, and
//! what its sensors do (`pkg/sensors/tracing`, `pkg/selectors`, `bpf/process`).

/// What is said about a key.
#[derive(Debug, Clone, Copy)]
pub struct Documentation {
    /// One sentence.
    pub text: &'static str,
    /// What leaving the key out means, as JSON, where that is a value.
    pub default: Option<&'static str>,
}

/// What is said about the key `key` of the record called `record`.
pub(in crate::parse::yaml) fn documentation(record: &str, key: &str) -> Option<Documentation> {
    let own = TABLE.iter().find(|(records, name, ..)| records.contains(&record) && *name == key);
    own.map(|&(_, _, text, default)| Documentation { text, default })
}

/// Records, a key that all of them have, what it means, and its default.
type Row = (&'static [&'static str], &'static str, &'static str, Option<&'static str>);

const HOOKS: &[&str] =
    &["a kprobe", "a fentry hook", "a tracepoint", "an LSM hook", "a uprobe", "a USDT probe"];
const FUNCTIONS: &[&str] = &["a kprobe", "a fentry hook"];
const RETURNING: &[&str] = &["a kprobe", "a fentry hook", "a uprobe"];
const PROGRAMS: &[&str] = &["a uprobe", "a USDT probe"];
const ARGUMENT: &[&str] = &["an argument"];
const SELECTOR: &[&str] = &["a selector"];
const TESTS: &[&str] = &[
    "a condition on binaries",
    "a condition on process ids",
    "a condition on namespaces",
    "a condition on namespace changes",
    "a condition on capabilities",
    "a condition on an argument",
];
const WORKLOADS: &[&str] = &["`spec`", "`matchWorkloads`"];
const ACTION: &[&str] = &["an action"];
const FALSE: Option<&str> = Some("false");

/// Every key of the schema; a test keeps it complete.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    (&["a policy"], "apiVersion", "The version of the API, `cilium.io/v1alpha1`; Tetragon does not look at it.", None),
    (&["a policy"], "kind", "`TracingPolicy` for the whole cluster, or `TracingPolicyNamespaced` for the pods of one namespace.", None),
    (&["a policy"], "metadata", "What the policy is called and where it lives, as for any Kubernetes object.", None),
    (&["a policy"], "spec", "Where the policy looks, what it asks there, and what it does.", None),

    (&["`metadata`"], "name", "The name of the policy, as a DNS subdomain: lower-case letters, digits, `-` and `.`.", None),
    (&["`metadata`"], "namespace", "The namespace whose pods the policy is for; only with `kind: TracingPolicyNamespaced`, and needed there.", None),
    (&["`metadata`"], "labels", "Labels of the policy object; no engine acts on them.", None),
    (&["`metadata`"], "annotations", "Annotations of the policy object; no engine acts on them.", None),
    (&["`metadata`"], "generateName", "A prefix from which Kubernetes makes a name; a policy needs `name`.", None),
    (&["`metadata`"], "creationTimestamp", "Set by Kubernetes when the object is created.", None),
    (&["`metadata`"], "deletionTimestamp", "Set by Kubernetes when the object is being deleted.", None),
    (&["`metadata`"], "deletionGracePeriodSeconds", "Set by Kubernetes when the object is being deleted.", None),
    (&["`metadata`"], "finalizers", "What must happen before Kubernetes deletes the object.", None),
    (&["`metadata`"], "generation", "Set by Kubernetes: it counts the changes of `spec`.", None),
    (&["`metadata`"], "managedFields", "Set by Kubernetes: who changed which field.", None),
    (&["`metadata`"], "ownerReferences", "The objects with which Kubernetes deletes this one.", None),
    (&["`metadata`"], "resourceVersion", "Set by Kubernetes: the version of the stored object.", None),
    (&["`metadata`"], "selfLink", "Set by old versions of Kubernetes.", None),
    (&["`metadata`"], "uid", "Set by Kubernetes: the identity of the object.", None),

    (&["`spec`"], "kprobes", "Hooks at functions of the kernel and at system calls.", None),
    (&["`spec`"], "fentries", "Hooks at functions of the kernel by fentry; they observe and cannot enforce.", None),
    (&["`spec`"], "tracepoints", "Hooks at tracepoints of the kernel.", None),
    (&["`spec`"], "lsmhooks", "Hooks at decisions of the Linux security modules; they need BPF LSM.", None),
    (&["`spec`"], "uprobes", "Hooks at functions of programs and libraries; not in a `TracingPolicyNamespaced`.", None),
    (&["`spec`"], "usdts", "Hooks at the static probes of programs and libraries; not in a `TracingPolicyNamespaced`.", None),
    (&["`spec`"], "loader", "Whether programs and libraries are reported with their build id when they are mapped.", FALSE),
    (&["`spec`"], "lists", "Named lists of functions, which `call`, `calls` and `values` use as `list:NAME`.", None),
    (&["`spec`"], "enforcers", "The calls that the action `NotifyEnforcer` can stop; at most one entry.", None),
    (&["`spec`"], "options", "Settings of the policy, such as `policy-mode`.", None),
    (&["`spec`"], "selectorsMacros", "Named selectors, whose conditions selectors take over with `macros`.", None),
    (WORKLOADS, "podSelector", "The pods that are meant, by their labels; all when it is left out.", None),
    (WORKLOADS, "containerSelector", "The containers that are meant; the key `name` is the only one that ever matches.", None),
    (&["`spec`"], "nodeSelector", "The nodes on which the policy is loaded, by their labels; all when it is left out.", None),
    (WORKLOADS, "hostSelector", "With `{}`, processes of the host are meant; it can say nothing else.", None),

    (&["a list of functions"], "name", "What `list:NAME` calls the list.", None),
    (&["a list of functions"], "values", "The functions or system calls of the list.", None),
    (&["a list of functions"], "type", "`syscalls` for names of system calls, `generated_syscalls` for all of them, `generated_ftrace` for the functions that match `pattern`; functions when it is left out.", None),
    (&["a list of functions"], "pattern", "With `type: generated_ftrace`, the pattern of the functions' names.", None),
    (&["a list of functions"], "validated", "Tetragon's own mark that the list was checked; setting it skips the check.", FALSE),
    (&["an enforcer"], "calls", "System calls and `security_` functions that can be stopped, or `list:NAME`.", None),
    (&["an option"], "name", "`policy-mode`, `override-method`, `disable-kprobe-multi`, `disable-uprobe-multi` or `sleepable-preload-size`; Tetragon passes over any other.", None),
    (&["an option"], "value", "The value of the option, as text.", None),

    (&["a label selector"], "matchLabels", "Labels and the values that they must have.", None),
    (&["a label selector"], "matchExpressions", "Conditions on labels; all must hold.", None),
    (&["a label expression"], "key", "The name of a label.", None),
    (&["a label expression"], "operator", "How the label's value is compared.", None),
    (&["a label expression"], "values", "Values for `In` and `NotIn`.", None),

    (FUNCTIONS, "call", "The function: a kernel symbol, a system call such as `sys_openat`, or `list:NAME`.", None),
    (&["a kprobe"], "syscall", "Whether `call` is a system call; it must be `false` for any other function.", Some("true")),
    (&["a fentry hook"], "syscall", "Whether `call` is a system call; it must be `false` for any other function.", Some("true")),
    (RETURNING, "return", "Whether the return of the call is reported too; it needs `returnArg`.", FALSE),
    (RETURNING, "returnArg", "How the return value is read.", None),
    (FUNCTIONS, "returnArgAction", "`TrackSock` or `UntrackSock`: what to do with a socket that is returned.", None),
    (RETURNING, "data", "Values that are read from elsewhere than the arguments; `matchData` can ask about them.", None),
    (HOOKS, "args", "The arguments that are read, shown in events and asked about; at most 5.", None),
    (HOOKS, "selectors", "What is asked and done; the first selector that matches wins, and without any, every hit is posted.", None),
    (HOOKS, "message", "A text for the events of this hook, of 2 to 256 bytes.", None),
    (HOOKS, "tags", "Tags for the events of this hook, each of 2 to 128 bytes.", None),
    (FUNCTIONS, "ignore", "Which failures of this hook do not fail the policy.", None),
    (&["a uprobe"], "ignore", "Which failures of this hook do not fail the policy.", None),
    (&["`ignore`"], "callNotFound", "Whether a function that the kernel lacks is passed over.", FALSE),
    (&["`ignore`"], "digestVerificationFailure", "Whether a program with another digest is passed over.", FALSE),
    (&["a tracepoint"], "subsystem", "The first part of the tracepoint's name, as `sched` in `sched/sched_process_exec`.", None),
    (&["a tracepoint"], "event", "The second part of the tracepoint's name, as `sched_process_exec` in `sched/sched_process_exec`.", None),
    (&["a tracepoint"], "raw", "Whether arguments are those that the kernel passes to the tracepoint, instead of the fields of its format.", FALSE),
    (&["an LSM hook"], "hook", "The hook, without `security_` or `bpf_lsm_`: `file_open`.", None),
    (PROGRAMS, "path", "The file of the program or library.", None),
    (&["a uprobe"], "symbols", "The functions, by their symbols; exactly one of `symbols`, `offsets` and `addrs` is needed.", None),
    (&["a uprobe"], "offsets", "The functions, by their offsets in the file.", None),
    (&["a uprobe"], "addrs", "The functions, by their virtual addresses.", None),
    (&["a uprobe"], "refCtrOffsets", "Offsets of the reference counters that switch the probes on, one for each function.", None),
    (PROGRAMS, "btfPath", "A file with the BTF of the program, for `btfType` and `resolve`.", None),
    (&["a uprobe"], "binaryDigests", "Digests of which the program must have one, as `sha256:HEX` or `build-id:HEX`.", None),
    (&["a USDT probe"], "provider", "The provider of the probe, as `python` in `python:function__entry`.", None),
    (&["a USDT probe"], "name", "The name of the probe, as `function__entry` in `python:function__entry`.", None),

    (ARGUMENT, "index", "Which argument of the function, counted from 0; for a tracepoint, which field of its format.", None),
    (ARGUMENT, "type", "How the value is read and compared.", Some("\"auto\"")),
    (ARGUMENT, "label", "What events call the argument.", None),
    (ARGUMENT, "resolve", "A path of fields from the argument to the value, as `mm.owner.real_parent.pid`; with `source: pt_regs`, a register.", None),
    (ARGUMENT, "source", "In `data`, where reading begins: `current_task` or `pt_regs`.", None),
    (ARGUMENT, "sizeArgIndex", "Which argument holds the number of bytes, counted from 1; 0 means none.", Some("0")),
    (ARGUMENT, "returnCopy", "Whether the buffer is read when the call returns, since the kernel fills it.", FALSE),
    (ARGUMENT, "maxData", "Whether as much of the buffer is read as an event can hold, instead of 4095 bytes.", FALSE),
    (ARGUMENT, "btfType", "The struct in which `resolve` begins, instead of the argument's own type.", None),
    (ARGUMENT, "btfTypeModule", "The kernel module whose BTF has `btfType`.", None),

    (SELECTOR, "label", "What events call the selector.", None),
    (SELECTOR, "macros", "Names from `selectorsMacros`, whose conditions are added.", None),
    (SELECTOR, "matchBinaries", "Which programs the calling process runs; at the moment of `execve` that is still the caller's.", None),
    (SELECTOR, "matchParentBinaries", "Which programs the parent of the calling process runs.", None),
    (SELECTOR, "matchPIDs", "Which processes call, by their ids; only the first entry and its first 4 values count in Tetragon.", None),
    (SELECTOR, "matchNamespaces", "In which namespaces the calling process is; all entries must hold.", None),
    (SELECTOR, "matchNamespaceChanges", "Which namespaces the process has changed since it was executed.", None),
    (SELECTOR, "matchCapabilities", "Which capabilities the calling process has; only the first entry counts in Tetragon.", None),
    (SELECTOR, "matchCapabilityChanges", "Which capabilities of the process have changed since it was executed.", None),
    (SELECTOR, "matchArgs", "Conditions on arguments; all entries must hold, and Tetragon takes 5.", None),
    (SELECTOR, "matchData", "Conditions on the entries of `data`; all must hold.", None),
    (SELECTOR, "matchActions", "What is done when all conditions hold, in this order; at most 3, and `Post` when there is none.", None),
    (SELECTOR, "matchReturnArgs", "Conditions on the return value; they are decided when the call returns.", None),
    (SELECTOR, "matchReturnActions", "What is done when the call returns and `matchReturnArgs` holds.", None),
    (SELECTOR, "matchWorkloads", "The pods and containers that are meant.", None),

    (TESTS, "operator", "How the values are compared.", None),
    (TESTS, "values", "What is compared with; one of them must match, and none of them for the negative operators.", None),
    (&["a condition on binaries"], "followChildren", "Whether programs that these programs started count too; with `In` and `NotIn` only.", FALSE),
    (&["a condition on process ids"], "isNamespacePID", "Whether the numbers are those of the process's own PID namespace.", FALSE),
    (&["a condition on process ids"], "followForks", "Whether descendants of these processes count too.", FALSE),
    (&["a condition on namespaces"], "namespace", "The kind of namespace.", None),
    (&["a condition on capabilities"], "type", "The set of capabilities.", Some("\"Effective\"")),
    (&["a condition on capabilities"], "isNamespaceCapability", "Whether processes in the host's user namespace are left out.", FALSE),
    (&["a condition on an argument"], "index", "The `index` of the argument that is meant, as it stands in `args`.", Some("0")),
    (&["a condition on an argument"], "args", "The place of the argument in the list `args`, counted from 0; it wins over `index`.", None),

    (ACTION, "action", "What is done.", None),
    (ACTION, "argError", "With `Override` and `NotifyEnforcer`: what the call returns instead, a negative error number.", None),
    (ACTION, "argSig", "With `Signal` and `NotifyEnforcer`: the number of the signal.", None),
    (ACTION, "rateLimit", "With `Post`: the time within which equal events are posted once, as `5m`; seconds without a unit.", None),
    (ACTION, "rateLimitScope", "With `rateLimit`: whose events are counted together.", Some("\"thread\"")),
    (ACTION, "kernelStackTrace", "With `Post`: whether events carry the stack of the kernel.", FALSE),
    (ACTION, "userStackTrace", "With `Post`: whether events carry the stack of the program.", FALSE),
    (ACTION, "imaHash", "With `Post` at LSM hooks that have a file: whether events carry its IMA hash.", FALSE),
    (ACTION, "argUrl", "With `GetUrl`: the URL that is fetched.", None),
    (ACTION, "argFqdn", "With `DnsLookup`: the name that is looked up.", None),
    (ACTION, "argSock", "With `TrackSock` and `UntrackSock`: which argument is the socket.", None),
    (ACTION, "argIndex", "With `Set`: which argument is written.", None),
    (ACTION, "argValue", "With `Set`: the value that is written.", None),
    (ACTION, "argRegs", "With `Override` at a uprobe: assignments to registers, as `rax=0`.", None),
    (ACTION, "argNewSymbol", "With `Override` at a uprobe: the function that runs instead, by its symbol.", None),
    (ACTION, "argNewAddr", "With `Override` at a uprobe: the function that runs instead, by its address.", None),
    (ACTION, "argNewOffset", "With `Override` at a uprobe: the function that runs instead, by its offset in the file.", None),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::parse::yaml::schema::{Record, Shape, document};

    /// Every record that `from` leads to.
    fn records(from: &'static Record, found: &mut Vec<&'static Record>) {
        if found.iter().any(|known| std::ptr::eq(*known, from)) {
            return;
        }
        found.push(from);
        for key in from.keys {
            let mut shape = &key.shape;
            while let Shape::List { of, .. } | Shape::Dictionary(of) = shape {
                shape = of;
            }
            shape.record().into_iter().for_each(|record| records(record, found));
        }
    }

    fn all() -> Vec<&'static Record> {
        let mut found = Vec::new();
        records(document(), &mut found);
        found
    }

    #[test]
    fn every_key_is_documented() {
        let keys =
            all().into_iter().flat_map(|record| record.names().map(|key| (record.name, key)));
        let missing: Vec<_> =
            keys.filter(|(record, key)| documentation(record, key).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_row_documents_a_key_and_none_is_shadowed() {
        let records = all();
        let mut seen = BTreeSet::new();
        for (names, key, ..) in TABLE {
            for name in *names {
                let exists =
                    records.iter().any(|record| record.name == *name && record.key(key).is_some());
                assert!(exists, "{name} has no `{key}`");
                assert!(seen.insert((name, key)), "`{key}` of {name} is documented twice");
            }
        }
    }

    #[test]
    fn documentation_is_one_sentence() {
        for (_, key, text, _) in TABLE {
            assert!(
                text.ends_with('.') && !text.trim_end_matches('.').contains(". "),
                "{key}: {text}"
            );
        }
    }
}
