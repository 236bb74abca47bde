//! The whole of TracingPolicy, bound to embedded kernels: what fits is taken, and what does not is
//! underlined where it stands.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests; the corpus is read from files"
)]

use writ::diagnostic::{Diagnostic, Diagnostics, Severity};
use writ::kernel::{Profile, embedded};
use writ::parse::{Language, parse};
use writ::resolve::resolve;
use writ::resolved::{
    Argument, BufferLength, Caller, End, Moment, Origin, Policy, Question, Reach, Reader,
    Signedness, SocketField, Structure, WalkStep,
};
use writ::source::SourceMap;

struct Outcome {
    sources: SourceMap,
    policies: Vec<Policy>,
    findings: Vec<Diagnostic>,
}

impl Outcome {
    /// Codes and underlined texts of the errors.
    fn errors(&self) -> Vec<(&str, &str)> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| (finding.code.id, self.sources.slice(finding.finding.span)))
            .collect()
    }

    /// Every help of every finding, one after another.
    fn help(&self) -> String {
        let help = self.findings.iter().flat_map(|finding| finding.finding.help.clone());
        help.collect::<Vec<_>>().join("; ")
    }

    fn argument(&self) -> &Argument {
        &self.policies.first().unwrap().hooks.first().unwrap().arguments[0]
    }

    fn question(&self) -> &Question {
        let hook = self.policies.first().unwrap().hooks.first().unwrap();
        let tests = hook.selectors.first().unwrap().condition.tests();
        &tests.first().unwrap().question
    }
}

fn profile(kernel: &str) -> Profile {
    embedded::profile(kernel).unwrap().unwrap()
}

fn resolved_as(name: &str, text: &str, kernel: &str) -> Outcome {
    let kernel = profile(kernel);
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let source = sources.add(name, text);
    let policies = parse(source, Language::of(name), &sources, &mut diagnostics)
        .iter()
        .filter_map(|policy| resolve(policy, &kernel, &mut diagnostics))
        .collect();
    Outcome { sources, policies, findings: diagnostics.into_sorted() }
}

fn resolved(yaml: &str) -> Outcome {
    resolved_as("policy.yaml", yaml, "6.1")
}

/// A policy from the lines of its `spec`.
fn spec(lines: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: test}}\n\
         spec:\n{lines}"
    )
}

/// A kprobe on a function with one argument, and lines behind it.
fn function(call: &str, argument: &str, rest: &str) -> String {
    spec(&format!(
        "  kprobes:\n  - call: {call}\n    syscall: false\n    args: [{{{argument}}}]\n{rest}"
    ))
}

/// The same with one condition on the argument.
fn condition(call: &str, argument: &str, operator: &str, values: &str) -> String {
    function(
        call,
        argument,
        &format!(
            "    selectors:\n    - matchArgs: [{{index: 0, operator: {operator}, values: {values}}}]\n"
        ),
    )
}

#[test]
fn a_value_is_read_as_its_type_says_where_the_kernel_has_it() {
    let cases = [
        ("tcp_connect", "index: 0, type: sock", Reader::Structure(Structure::Sock)),
        ("kfree_skb_reason", "index: 0, type: skb", Reader::Structure(Structure::Skb)),
        ("security_socket_bind", "index: 0, type: socket", Reader::Structure(Structure::Socket)),
        (
            "security_socket_bind",
            "index: 1, type: sockaddr",
            Reader::Structure(Structure::Sockaddr),
        ),
        (
            "security_socket_bind",
            "index: 1, type: sockaddr_un",
            Reader::Structure(Structure::SockaddrUn {
                length: BufferLength::Number {
                    origin: Origin::Parameter(2),
                    bytes: 4,
                    signedness: Signedness::Signed,
                },
            }),
        ),
        ("commit_creds", "index: 0, type: cred", Reader::Structure(Structure::Cred)),
        ("security_bpf", "index: 1, type: bpf_attr", Reader::Structure(Structure::BpfAttr)),
        ("security_bpf_map", "index: 0, type: bpf_map", Reader::Structure(Structure::BpfMap)),
        ("security_bpf_prog", "index: 0, type: bpf_prog", Reader::Structure(Structure::BpfProg)),
        ("free_module", "index: 0, type: module", Reader::Structure(Structure::Module)),
        ("vfs_rmdir", "index: 2, type: dentry", Reader::Structure(Structure::Dentry)),
        ("dev_close", "index: 0, type: net_device", Reader::Structure(Structure::NetDevice)),
        ("cap_capable", "index: 2, type: capability", Reader::Capability),
        (
            "cap_capable",
            "index: 1, type: user_namespace",
            Reader::Structure(Structure::UserNamespace),
        ),
    ];
    for (call, argument, reader) in cases {
        let outcome = resolved(&function(call, argument, ""));
        assert_eq!(outcome.errors(), [], "{call}({argument})");
        assert_eq!(outcome.argument().reader, reader, "{call}({argument})");
    }
}

#[test]
fn a_type_that_the_kernel_does_not_have_there_is_underlined() {
    for (call, argument, wrong) in [
        ("tcp_connect", "index: 0, type: skb", "skb"),
        ("commit_creds", "index: 0, type: file", "file"),
        ("security_bpf", "index: 1, type: bpf_map", "bpf_map"),
        ("security_bpf", "index: 1, type: int", "int"),
        ("cap_capable", "index: 0, type: kernel_cap_t", "kernel_cap_t"),
        ("cap_capable", "index: 0, type: char_buf", "char_buf"),
        ("cap_capable", "index: 2, type: sock", "sock"),
    ] {
        let outcome = resolved(&function(call, argument, ""));
        assert_eq!(outcome.errors(), [("TP0301", wrong)], "{call}({argument})");
    }
}

#[test]
fn a_path_is_followed_through_pointers_arrays_and_unnamed_members() {
    let outcome = resolved(&function(
        "security_bprm_check",
        "index: 0, type: string, resolve: file.f_path.dentry.d_name.name",
        "",
    ));
    assert_eq!(outcome.errors(), []);
    let walk = outcome.argument().walk.clone().unwrap();
    let follows = walk.steps.iter().filter(|step| **step == WalkStep::Follow).count();
    assert_eq!((walk.root.as_str(), follows), ("linux_binprm", 3));
    let names: Vec<&str> = walk
        .steps
        .iter()
        .filter_map(|step| match step {
            WalkStep::Member { name, .. } => Some(name.as_str()),
            WalkStep::Follow | WalkStep::Element { .. } => None,
        })
        .collect();
    assert_eq!(names, ["file", "f_path", "dentry", "d_name", "name"]);
}

#[test]
fn the_type_of_a_path_is_checked_step_by_step() {
    let cases = [
        ("resolve: uid.val", &[][..]),
        ("resolve: user.uid.val", &[]),
        ("resolve: uid.vall", &[("TP0242", "vall")]),
        ("resolve: usr.uid.val", &[("TP0242", "usr")]),
        ("resolve: uid.val.more", &[("TP0320", "more")]),
        ("resolve: \"uid.val[0]\"", &[("TP0320", "[0]")]),
        ("resolve: \"cap_effective.cap[9]\"", &[("TP0320", "[9]")]),
        ("resolve: user", &[("TP0301", "int")]),
        ("btfType: cred, resolve: uid.val", &[]),
        ("btfType: crud, resolve: uid.val", &[("TP0243", "crud")]),
    ];
    for (path, wanted) in cases {
        let outcome =
            resolved(&function("commit_creds", &format!("index: 0, type: int, {path}"), ""));
        assert_eq!(outcome.errors(), wanted, "{path}");
    }
}

#[test]
fn a_misspelt_field_is_given_its_neighbour() {
    let outcome =
        resolved(&function("commit_creds", "index: 0, type: int, resolve: euids.val", ""));
    assert!(outcome.help().contains("`euid`"), "{}", outcome.help());
}

#[test]
fn registers_and_the_current_task_are_read() {
    let data = |entry: &str| {
        spec(&format!(
            "  kprobes:\n  - call: commit_creds\n    syscall: false\n    data: [{{index: 0, {entry}}}]\n"
        ))
    };
    let register = resolved(&data("type: uint32, source: pt_regs, resolve: eax"));
    assert_eq!(register.errors(), []);
    let read = &register.policies[0].hooks[0].data[0];
    assert_eq!(read.origin, Origin::Register { offset: 80, bytes: 4 });
    let task = resolved(&data("type: int, source: current_task, resolve: pid"));
    assert_eq!(task.errors(), []);
    assert_eq!(task.policies[0].hooks[0].data[0].origin, Origin::CurrentTask);
    let wrong = resolved(&data("type: int, source: pt_regs, resolve: raxx"));
    assert_eq!(wrong.errors(), [("TP0244", "raxx")]);
    let field = resolved(&data("type: int, source: current_task, resolve: piid"));
    assert_eq!(field.errors(), [("TP0242", "piid")]);
}

#[test]
fn a_buffer_knows_who_holds_its_length() {
    let write = |argument: &str| {
        spec(&format!(
            "  kprobes:\n  - call: sys_write\n    syscall: true\n    args: [{{{argument}}}]\n"
        ))
    };
    let buffer = |origin, signedness, moment| {
        let length = BufferLength::Number { origin, bytes: 8, signedness };
        Reader::Buffer { length, moment }
    };
    let count = Origin::SyscallParameter(2, Caller::Bits64);
    for (argument, reader) in [
        (
            "index: 1, type: char_buf, sizeArgIndex: 3",
            buffer(count, Signedness::Signed, Moment::Entry),
        ),
        (
            "index: 1, type: char_buf, returnCopy: true",
            buffer(Origin::Return { parameters: 1 }, Signedness::Signed, Moment::Return),
        ),
        (
            "index: 1, type: char_buf, sizeArgIndex: 3, maxData: true",
            buffer(count, Signedness::Signed, Moment::EntryInFull),
        ),
    ] {
        let outcome = resolved(&write(argument));
        assert_eq!(outcome.errors(), [], "{argument}");
        assert_eq!(outcome.argument().reader, reader, "{argument}");
    }
    let beyond = resolved(&write("index: 1, type: char_buf, sizeArgIndex: 4"));
    assert_eq!(beyond.errors(), [("TP0321", "4")]);
    let of_number = resolved(&write("index: 2, type: size_t, sizeArgIndex: 1"));
    assert_eq!(of_number.errors(), [("TP0321", "1")]);
}

#[test]
fn sockets_are_asked_for_addresses_ports_and_names() {
    let asked = |operator: &str, values: &str| {
        resolved(&condition("tcp_connect", "index: 0, type: sock", operator, values))
    };
    for (operator, values) in [
        ("SAddr", "[\"127.0.0.1\", \"10.0.0.0/8\", \"fd00::/8\"]"),
        ("DPort", "[\"443\", \"8000:9000\"]"),
        ("NotDPort", "[\"443\"]"),
        ("DPortPriv", "[]"),
        ("Protocol", "[\"IPPROTO_TCP\", \"17\"]"),
        ("Family", "[\"AF_INET6\"]"),
        ("State", "[\"TCP_ESTABLISHED\", \"TCP_LISTEN\"]"),
    ] {
        assert_eq!(asked(operator, values).errors(), [], "{operator}");
    }
    let ports = asked("SPort", "[\"22\", \"80:81\"]");
    let Question::Socket { field, set, .. } = ports.question() else { panic!("no question") };
    assert_eq!(*field, SocketField::Port(End::Source));
    assert_eq!(set.ranges(), [(22, 22), (80, 81)]);
    for (operator, values, code, wrong) in [
        ("DPort", "[\"70000\"]", "TP0306", "\"70000\""),
        ("DPort", "[\"https\"]", "TP0305", "\"https\""),
        ("DPort", "[\"9000:8000\"]", "TP0307", "\"9000:8000\""),
        ("SAddr", "[\"10.0.0.0/40\"]", "TP0323", "\"10.0.0.0/40\""),
        ("SAddr", "[\"localhost\"]", "TP0323", "\"localhost\""),
        ("Protocol", "[\"TCP\"]", "TP0246", "\"TCP\""),
        ("State", "[\"TCP_ESTABLISHD\"]", "TP0246", "\"TCP_ESTABLISHD\""),
        ("Equal", "[\"1\"]", "TP0304", "Equal"),
    ] {
        assert_eq!(asked(operator, values).errors(), [(code, wrong)], "{operator} {values}");
    }
    assert!(asked("Protocol", "[\"TCP\"]").help().contains("`IPPROTO_TCP`"));
}

#[test]
fn each_family_takes_its_own_operators() {
    let file = "index: 0, type: file";
    let opened = |operator: &str, values: &str| {
        resolved(&condition("security_file_open", file, operator, values))
    };
    for (operator, values) in [
        ("FileType", "[\"reg\", \"pipe\"]"),
        ("SubString", "[\"shadow\"]"),
        ("SubStringIgnCase", "[\"Shadow\"]"),
        ("NotPrefix", "[\"/etc/\"]"),
    ] {
        assert_eq!(opened(operator, values).errors(), [], "{operator}");
    }
    assert_eq!(opened("FileType", "[\"regulr\"]").errors(), [("TP0324", "\"regulr\"")]);
    assert!(opened("FileType", "[\"regulr\"]").help().contains("`regular`"));
    assert_eq!(opened("SAddr", "[\"::1\"]").errors(), [("TP0304", "SAddr")]);
    assert_eq!(opened("Mask", "[\"1\"]").errors(), [("TP0304", "Mask")]);
    let cred = |operator: &str| {
        resolved(&condition("commit_creds", "index: 0, type: cred", operator, "[\"1\"]"))
    };
    assert_eq!(cred("Equal").errors(), [("TP0304", "Equal")]);
    assert_eq!(cred("Prefix").errors(), [("TP0304", "Prefix")]);
}

#[test]
fn processes_are_asked_for_parents_capabilities_and_changes() {
    let selector = |lines: &str| {
        resolved(&function(
            "security_file_open",
            "index: 0, type: file",
            &format!("    selectors:\n    - {lines}\n"),
        ))
    };
    let parent =
        selector("matchParentBinaries: [{operator: In, values: [/bin/sh], followChildren: true}]");
    assert_eq!(parent.errors(), []);
    let Question::Lineage { reach, .. } = parent.question() else { panic!("no question") };
    assert_eq!(*reach, Reach::Descendants);
    let capability =
        selector("matchCapabilities: [{operator: In, values: [CAP_SYS_ADMIN, cap_chown]}]");
    assert_eq!(capability.errors(), []);
    let Question::Capability { mask, .. } = capability.question() else { panic!("no question") };
    assert_eq!(*mask, 1 << 21 | 1);
    for (lines, wanted) in [
        ("matchCapabilities: [{operator: In, values: [CAP_SYS_ADMN]}]", ("TP0245", "CAP_SYS_ADMN")),
        ("matchCapabilityChanges: [{operator: In, values: [SYS_ADMIN]}]", ("TP0245", "SYS_ADMIN")),
    ] {
        assert_eq!(selector(lines).errors(), [wanted], "{lines}");
    }
    assert_eq!(selector("matchNamespaceChanges: [{operator: In, values: [Mnt]}]").errors(), []);
}

#[test]
fn the_types_of_a_formula_are_checked() {
    let cel = |type_: &str, formula: &str| {
        resolved(&spec(&format!(
            "  kprobes:\n  - call: sys_setns\n    syscall: true\n    args:\n    - {{index: 1, type: \
             {type_}}}\n    selectors:\n    - matchArgs:\n      - {{index: 1, operator: CelExpr, \
             values: [\"{formula}\"]}}\n"
        )))
    };
    for (type_, formula) in [
        ("int", "arg0 == int32(1)"),
        ("int", "arg0 + int32(1) > int32(2) && !(arg0 == int32(7))"),
        ("uint32", "and(arg0, uint32(1)) != uint32(0)"),
        ("int64", "arg0 < -5"),
        ("uint64", "arg0 >= 5u || true"),
        ("uint64", "not(arg0) == 0u"),
    ] {
        assert_eq!(cel(type_, formula).errors(), [], "{formula}");
    }
    for (type_, formula, wanted) in [
        ("int", "arg0 == 1", ("TP0352", "==")),
        ("int", "arg0 == 1u", ("TP0352", "==")),
        ("int", "arg0 && true", ("TP0352", "&&")),
        ("int", "!arg0", ("TP0352", "!")),
        ("uint32", "and(arg0, 1) == uint32(0)", ("TP0352", "and")),
        ("int", "arg1 == int32(1)", ("TP0351", "arg1")),
        ("int", "flags == int32(1)", ("TP0351", "flags")),
        ("int", "abs(arg0) == int32(1)", ("TP0351", "abs")),
        ("int", "arg0", ("TP0353", "arg0")),
        ("int", "arg0 + int32(1)", ("TP0353", "arg0 + int32(1)")),
        ("int", "arg0 in [1]", ("TP0354", "[1]")),
        ("int", "arg0 * arg0 == int32(1)", ("TP0354", "*")),
        ("int", "arg0 == 'x'", ("TP0354", "'x'")),
        ("int", "arg0 =", ("TP0350", "=")),
        ("size_t", "arg0 == 1u", ("TP0352", "arg0")),
    ] {
        assert_eq!(cel(type_, formula).errors(), [wanted], "{formula}");
    }
    let named = cel("int", "flags == int32(1)");
    assert!(named.help().contains("`flags` is `arg0`"), "{}", named.help());
    let number = cel("int", "arg0 == 1");
    assert!(number.help().contains("`int32(1)`"), "{}", number.help());
}

#[test]
fn a_hook_on_a_list_is_a_hook_on_each_of_its_functions() {
    let outcome = resolved(&spec(
        "  lists:\n  - {name: dups, type: syscalls, values: [sys_dup, sys_dup2, i386/sys_dup]}\n  \
         kprobes:\n  - call: \"list:dups\"\n    syscall: true\n    args: [{index: 0, type: int}]\n",
    ));
    assert_eq!(outcome.errors(), []);
    assert_eq!(outcome.policies[0].hooks.len(), 3);
    let missing = resolved(&spec(
        "  lists:\n  - {name: dups, type: syscalls, values: [sys_dup, sys_dupp]}\n  kprobes:\n  \
         - call: \"list:dups\"\n    syscall: true\n",
    ));
    assert_eq!(missing.errors(), [("TP0203", "sys_dupp")]);
}

#[test]
fn the_writ_language_is_bound_and_underlined_in_the_same_way() {
    let text = "policy \"p\" {\n  on kprobe commit_creds(new: cred, uid: int = new.uid.vall) {\n    \
                when uid == 0 => post\n  }\n  on kprobe tcp_connect(sk: sock) {\n    when sk.dport in \
                [22, 80000] => post\n  }\n}\n";
    let outcome = resolved_as("policy.writ", text, "6.1");
    assert_eq!(outcome.errors(), [("TP0242", "vall"), ("TP0306", "80000")]);
    let list = "policy \"p\" {\n  on syscall list nolist(fd: int) { }\n}\n";
    assert_eq!(resolved_as("policy.writ", list, "6.1").errors(), [("TP0135", "nolist")]);
}

#[test]
fn ten_mistakes_are_ten_findings() {
    let outcome = resolved(&spec(
        "  kprobes:\n  - call: commit_creds\n    syscall: false\n    args:\n    - {index: 0, type: int, \
         resolve: uid.vall}\n    - {index: 7, type: int}\n    - {index: 0, type: file}\n    - {index: \
         0, type: cred}\n    selectors:\n    - matchCapabilities: [{operator: In, values: \
         [CAP_NOTHING]}]\n      matchNamespaces: [{namespace: Pid, operator: In, values: [mine]}]\n      \
         matchArgs:\n      - {args: [3], operator: Prefix, values: [a]}\n      - {args: [9], operator: \
         Equal, values: [\"1\"]}\n      matchActions: [{action: Signal, argSig: 99}]\n  - call: \
         tcp_conect\n    syscall: false\n    args: [{index: 0, type: sock}]\n    selectors:\n    - \
         matchCapabilities: [{operator: In, values: [CAP_SYS_ADMN]}]\n",
    ));
    let wanted = [
        ("TP0242", "vall"),
        ("TP0206", "7"),
        ("TP0301", "file"),
        ("TP0245", "CAP_NOTHING"),
        ("TP0312", "mine"),
        ("TP0304", "Prefix"),
        ("TP0207", "9"),
        ("TP0605", "99"),
        ("TP0201", "tcp_conect"),
        ("TP0245", "CAP_SYS_ADMN"),
    ];
    assert_eq!(outcome.errors(), wanted);
}

#[test]
fn macros_are_part_of_the_selectors_that_use_them() {
    let outcome = resolved(&spec(
        "  selectorsMacros:\n    shells:\n      matchBinaries: [{operator: In, values: [/bin/sh]}]\n  \
         kprobes:\n  - call: security_file_open\n    syscall: false\n    args: [{index: 0, type: \
         file}]\n    selectors:\n    - macros: [shells]\n      matchArgs: [{index: 0, operator: \
         Prefix, values: [/etc/]}]\n",
    ));
    assert_eq!(outcome.errors(), []);
    let condition = &outcome.policies[0].hooks[0].selectors[0].condition;
    assert_eq!(condition.tests().len(), 2);
}

#[test]
fn a_function_that_may_be_missing_is_passed_over() {
    let outcome = resolved(&spec(
        "  kprobes:\n  - call: no_such_function\n    syscall: false\n    ignore: {callNotFound: true}\n",
    ));
    assert_eq!(outcome.errors(), []);
    assert_eq!(outcome.policies[0].hooks, []);
}

#[test]
fn actions_stand_where_they_act() {
    let at = |section: &str, action: &str| {
        resolved(&spec(&format!(
            "{section}    selectors:\n    - matchActions: [{{action: {action}}}]\n"
        )))
    };
    let connect = "  kprobes:\n  - call: tcp_connect\n    syscall: false\n    args: [{index: 0, type: sock}]\n";
    let lsm = "  lsmhooks:\n  - hook: file_open\n    args: [{index: 0, type: file}]\n";
    assert_eq!(at(connect, "TrackSock, argSock: 0").errors(), []);
    assert_eq!(at(connect, "DnsLookup, argFqdn: example.org").errors(), []);
    assert_eq!(at(connect, "TrackSock, argSock: 1").errors(), [("TP0622", "1")]);
    let misplaced = at(lsm, "GetUrl, argUrl: \"http://a\"");
    assert_eq!(misplaced.errors().first().map(|one| one.0), Some("TP0621"));
    let missing = at(connect, "NotifyEnforcer, argError: -1");
    assert_eq!(missing.errors().first().map(|one| one.0), Some("TP0623"));
}

#[test]
fn a_program_has_nothing_of_the_kernels_and_returns_no_error_of_it() {
    let uprobe = |lines: &str| {
        resolved(&spec(&format!("  uprobes:\n  - path: /bin/p\n    symbols: [f]\n    {lines}\n")))
    };
    assert_eq!(uprobe("args: [{index: 0, type: file}]").errors(), [("TP0301", "file")]);
    assert_eq!(uprobe("args: [{index: 0, type: string}]").errors(), []);
    let denies = uprobe("selectors: [{matchActions: [{action: Override, argError: -1}]}]");
    assert_eq!(denies.errors().first().map(|one| one.0), Some("TP0601"));
}

#[test]
fn programs_are_named_by_paths_and_places() {
    let uprobe = |lines: &str| resolved(&spec(&format!("  uprobes:\n  - {lines}\n")));
    let two = uprobe(
        "path: /bin/bash\n    symbols: [readline, main+0x10]\n    args: [{index: 0, type: int}]",
    );
    assert_eq!(two.errors(), []);
    assert_eq!(two.policies[0].program_hooks.len(), 2);
    for (lines, wanted) in [
        ("path: bash\n    symbols: [readline]", ("TP0327", "bash")),
        ("path: /bin/bash\n    symbols: [\"main+\"]", ("TP0327", "\"main+\"")),
        ("path: /bin/bash\n    symbols: [a, b]\n    refCtrOffsets: [1]", ("TP0327", "1")),
        (
            "path: /bin/bash\n    symbols: [a]\n    binaryDigests: [\"sha265:00\"]",
            ("TP0328", "\"sha265:00\""),
        ),
    ] {
        assert_eq!(uprobe(lines).errors(), [wanted], "{lines}");
    }
}

/// Policies of the corpus that Tetragon runs, whose errors here are right.
const REVIEWED: [(&str, &str); 9] = [
    // The function is not in 6.1: it was renamed in 6.9.
    ("examples/0002", "TP0201"),
    ("examples/0013", "TP0201"),
    // It is `static inline` there, and the kernel builds the copies of such functions untraceable.
    ("examples/0019", "TP0402"),
    // The kernel has no error injection, and the functions are no security functions.
    ("examples/0028", "TP0601"),
    ("examples/0052", "TP0601"),
    // For 5.4, where `tty_write` had other parameters.
    ("examples/0065", "TP0301"),
    ("examples/0065", "TP0206"),
    // Wrong on purpose.
    ("testdata/0007", "TP0301"),
    ("testdata/0009", "TP0301"),
];

#[test]
fn the_corpus_is_bound_without_errors_but_reviewed_ones() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(manifest) = std::fs::read_to_string(corpus.join("manifest.tsv")) else {
        eprintln!("skipped: there is no corpus beside the checkout");
        return;
    };
    let accepted = manifest.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let file = columns.next()?;
        columns.nth(2)?.starts_with("OK/OK").then_some(file)
    });
    let mut wrong = Vec::new();
    for file in accepted {
        let text = std::fs::read_to_string(corpus.join(file)).unwrap();
        let outcome = resolved(&text);
        for (code, underlined) in outcome.errors() {
            let is_reviewed =
                REVIEWED.iter().any(|(prefix, known)| file.starts_with(prefix) && *known == code);
            if !is_reviewed {
                wrong.push(format!("{file}: {code} `{underlined}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
