//! Which constructs a module has, so that none is left out of what is compared.

use std::collections::BTreeSet;

use writ::ir::{
    Extra, HookFunction, Jump, Module, OperationKind, Program, Report, Role, Test, Value,
    ValueOrigin,
};
use writ::policy::{RateScope, TrackAction};
use writ::resolved::cel::{Formula, FormulaKind};
use writ::resolved::{Acts, BufferLength, Case, Moment, Origin, Reader, WalkStep};
use writ_bundle::Attach;
use writ_bundle::record::flag;

/// All that there are.
pub(super) const ALL: &[&str] = &[
    // Programs.
    "role entry",
    "role return",
    "role enforce",
    "role exec",
    "role fork",
    "role exit",
    "fentry",
    "fexit",
    "fmod_ret",
    "kprobe",
    "kretprobe",
    "kprobe.multi",
    "kretprobe.multi",
    "kprobes",
    "kretprobes",
    "lsm",
    "tracepoint",
    "raw tracepoint",
    "tp_btf",
    "uprobe",
    "uretprobe",
    "usdt",
    "several policies at one place",
    // Where values are, and the way from there.
    "parameter",
    "parameter of a system call",
    "field",
    "result",
    "current task",
    "register",
    "parameter of a program",
    "parameter of a program on the stack",
    "argument of a probe",
    "executable",
    "walk: follow",
    "walk: member",
    "walk: bit-field",
    "walk: element",
    // How they are read.
    "integer",
    "file",
    "path",
    "binprm",
    "filename",
    "descriptor",
    "text",
    "buffer",
    "buffer in full",
    "buffer at the return",
    "vectors",
    "vectors at the return",
    "record text",
    "bytes",
    "system call's number",
    "capability",
    "capabilities",
    "skb",
    "sock",
    "socket",
    "sockaddr",
    "sockaddr_un",
    "cred",
    "bpf_attr",
    "bpf_map",
    "bpf_prog",
    "perf_event",
    "user_namespace",
    "kiocb",
    "iov_iter",
    "load_info",
    "module",
    "dentry",
    "net_device",
    "length of nothing",
    "length in a parameter",
    "length in a result",
    // Tests.
    "test integer",
    "test bits",
    "test text",
    "test socket",
    "test address",
    "test gained",
    "test substring",
    "test substring of any case",
    "test file type",
    "test binary",
    "test pid",
    "test descends",
    "test lineage",
    "test formula",
    "test capability",
    "test capability change",
    "test namespace change",
    "test namespace",
    "test workload",
    "test enforcing",
    "test enabled",
    "test listed",
    // Parts of formulas.
    "formula: argument",
    "formula: number",
    "formula: boolean",
    "formula: unary",
    "formula: binary",
    "formula: bits",
    "formula: complement",
    "formula: narrow",
    // Operations.
    "post",
    "signal",
    "set",
    "deny",
    "notify",
    "forget",
    "enforce by signal",
    "enforce by error and signal",
    "track",
    "untrack",
    "await",
    "cancel",
    "join binary set",
    "join follow set",
    "follow lineage",
    "follow baseline",
    "finish exec",
    "finish fork",
    "finish exit",
    // What is reported.
    "report of an entry that awaits its return",
    "report of a return",
    "report in monitor mode",
    "report of one function of several",
    "report of a system call on a list",
    "report about a socket's owner",
    "report with saved parameters",
    "report without selector",
    "kernel stack",
    "user stack",
    "limit by thread",
    "limit by process",
    "limit of all",
    // Jumps.
    "to",
    "branch",
    "returned",
    "finish",
];

/// Those that `module` has.
pub(super) fn constructs(module: &Module) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for program in &module.programs {
        of_program(program, &mut found);
    }
    found
}

type Found = BTreeSet<&'static str>;

fn of_program(program: &Program, found: &mut Found) {
    let name = match program.role {
        Role::Entry => "role entry",
        Role::Return => "role return",
        Role::Enforce => "role enforce",
        Role::Exec => "role exec",
        Role::Fork => "role fork",
        Role::Exit => "role exit",
    };
    found.insert(name);
    if !program.hooks.is_empty() {
        found.insert(attach(&program.attach));
    }
    if program.hooks.len() > 1 {
        found.insert("several policies at one place");
    }
    for (_, value) in program.values.iter() {
        of_value(value, found);
    }
    for id in program.order() {
        let block = &program.blocks[id];
        for one in &block.operations {
            of_operation(&one.kind, found);
        }
        let name = match &block.jump {
            Jump::To(_) => "to",
            Jump::Branch(branch) => {
                of_test(&branch.test, found);
                "branch"
            }
            Jump::Returned { .. } => "returned",
            Jump::Finish => "finish",
        };
        found.insert(name);
    }
}

fn attach(attach: &Attach) -> &'static str {
    match attach {
        Attach::Fentry { .. } => "fentry",
        Attach::Fexit { .. } => "fexit",
        Attach::FmodRet { .. } => "fmod_ret",
        Attach::Kprobe { .. } => "kprobe",
        Attach::Kretprobe { .. } => "kretprobe",
        Attach::KprobeMulti { .. } => "kprobe.multi",
        Attach::KretprobeMulti { .. } => "kretprobe.multi",
        Attach::Kprobes { .. } => "kprobes",
        Attach::Kretprobes { .. } => "kretprobes",
        Attach::Lsm { .. } => "lsm",
        Attach::Tracepoint { .. } => "tracepoint",
        Attach::RawTracepoint { .. } => "raw tracepoint",
        Attach::BtfTracepoint { .. } => "tp_btf",
        Attach::Uprobe { .. } => "uprobe",
        Attach::Uretprobe { .. } => "uretprobe",
        Attach::Usdt { .. } => "usdt",
    }
}

fn of_value(value: &Value, found: &mut Found) {
    let name = match value.origin {
        ValueOrigin::Executable => "executable",
        ValueOrigin::Hook(Origin::Parameter(_)) => "parameter",
        ValueOrigin::Hook(Origin::SyscallParameter(..)) => "parameter of a system call",
        ValueOrigin::Hook(Origin::Field { .. }) => "field",
        ValueOrigin::Hook(Origin::Return { .. }) => "result",
        ValueOrigin::Hook(Origin::CurrentTask) => "current task",
        ValueOrigin::Hook(Origin::Register { .. }) => "register",
        ValueOrigin::Hook(Origin::UserParameter(0..6)) => "parameter of a program",
        ValueOrigin::Hook(Origin::UserParameter(_)) => "parameter of a program on the stack",
        ValueOrigin::Hook(Origin::UsdtArgument(_)) => "argument of a probe",
    };
    found.insert(name);
    for step in value.walk.iter().flat_map(|walk| &walk.steps) {
        let name = match step {
            WalkStep::Follow => "walk: follow",
            WalkStep::Member { bit_size: 0, .. } => "walk: member",
            WalkStep::Member { .. } => "walk: bit-field",
            WalkStep::Element { .. } => "walk: element",
        };
        found.insert(name);
    }
    found.insert(reader(value.reader));
    let (Reader::Buffer { length, .. } | Reader::Vectors { length, .. }) = value.reader else {
        return;
    };
    let name = match length {
        BufferLength::Unknown => "length of nothing",
        BufferLength::Number { origin: Origin::Return { .. }, .. } => "length in a result",
        BufferLength::Number { .. } => "length in a parameter",
    };
    found.insert(name);
}

fn reader(reader: Reader) -> &'static str {
    match reader {
        Reader::Nothing => "nothing",
        Reader::Integer { .. } => "integer",
        Reader::File => "file",
        Reader::Path => "path",
        Reader::Binprm => "binprm",
        Reader::Filename => "filename",
        Reader::Descriptor => "descriptor",
        Reader::Text => "text",
        Reader::Buffer { moment: Moment::Entry, .. } => "buffer",
        Reader::Buffer { moment: Moment::EntryInFull, .. } => "buffer in full",
        Reader::Buffer { moment: Moment::Return, .. } => "buffer at the return",
        Reader::Vectors { moment: Moment::Return, .. } => "vectors at the return",
        Reader::Vectors { .. } => "vectors",
        Reader::RecordText => "record text",
        Reader::Bytes { .. } => "bytes",
        Reader::SyscallNumber => "system call's number",
        Reader::Capability => "capability",
        Reader::Capabilities(_) => "capabilities",
        Reader::Structure(structure) => structure.word(),
    }
}

fn of_test(test: &Test, found: &mut Found) {
    let name = match test {
        Test::Integer { .. } => "test integer",
        Test::Bits { .. } => "test bits",
        Test::Text { .. } => "test text",
        Test::Socket { .. } => "test socket",
        Test::Address { .. } => "test address",
        Test::Gained { .. } => "test gained",
        Test::Substring { case: Case::Matters, .. } => "test substring",
        Test::Substring { case: Case::Ignored, .. } => "test substring of any case",
        Test::FileType { .. } => "test file type",
        Test::Binary { .. } => "test binary",
        Test::Pid { .. } => "test pid",
        Test::Descends { .. } => "test descends",
        Test::Lineage { .. } => "test lineage",
        Test::Formula { formula } => {
            of_formula(formula, found);
            "test formula"
        }
        Test::Capability { .. } => "test capability",
        Test::CapabilityChange { .. } => "test capability change",
        Test::NamespaceChange { .. } => "test namespace change",
        Test::Namespace { .. } => "test namespace",
        Test::Workload { .. } => "test workload",
        Test::Enforcing { .. } => "test enforcing",
        Test::Enabled { .. } => "test enabled",
        Test::Listed { .. } => "test listed",
    };
    found.insert(name);
}

fn of_formula<V>(formula: &Formula<V>, found: &mut Found) {
    let name = match &formula.kind {
        FormulaKind::Argument(_) => "formula: argument",
        FormulaKind::Number(_) => "formula: number",
        FormulaKind::Boolean(_) => "formula: boolean",
        FormulaKind::Unary { operand, .. } => {
            of_formula(operand, found);
            "formula: unary"
        }
        FormulaKind::Binary { left, right, .. } => {
            of_formula(left, found);
            of_formula(right, found);
            "formula: binary"
        }
        FormulaKind::Bits { left, right, .. } => {
            of_formula(left, found);
            of_formula(right, found);
            "formula: bits"
        }
        FormulaKind::Complement(inner) => {
            of_formula(inner, found);
            "formula: complement"
        }
        FormulaKind::Narrow(inner) => {
            of_formula(inner, found);
            "formula: narrow"
        }
    };
    found.insert(name);
}

fn of_operation(kind: &OperationKind, found: &mut Found) {
    let name = match kind {
        OperationKind::Post(report) => {
            of_report(report, found);
            "post"
        }
        OperationKind::Signal { .. } => "signal",
        OperationKind::Set { .. } => "set",
        OperationKind::Redirect { .. } => "redirect",
        OperationKind::Deny { .. } => "deny",
        OperationKind::Notify { .. } => "notify",
        OperationKind::Forget { .. } => "forget",
        OperationKind::Enforce { acts: Acts::Signals, .. } => "enforce by signal",
        OperationKind::Enforce { acts: Acts::FailsAndSignals, .. } => "enforce by error and signal",
        OperationKind::Track { action: TrackAction::Track, .. } => "track",
        OperationKind::Track { action: TrackAction::Untrack, .. } => "untrack",
        OperationKind::Await { .. } => "await",
        OperationKind::Cancel { .. } => "cancel",
        OperationKind::JoinBinarySet { .. } => "join binary set",
        OperationKind::JoinFollowSet { .. } => "join follow set",
        OperationKind::FollowLineage => "follow lineage",
        OperationKind::FollowBaseline => "follow baseline",
        OperationKind::FinishExec => "finish exec",
        OperationKind::FinishFork => "finish fork",
        OperationKind::FinishExit => "finish exit",
    };
    found.insert(name);
}

fn of_report(report: &Report, found: &mut Found) {
    let flags = [
        (flag::AWAITS_RETURN, "report of an entry that awaits its return"),
        (flag::IS_RETURN, "report of a return"),
        (flag::MONITORED, "report in monitor mode"),
    ];
    found.extend(flags.iter().filter(|(bit, _)| report.flags & bit != 0).map(|(_, name)| *name));
    let Report { function, selector, saved, sockets, extras, rate_limit, .. } = report;
    let parts = [
        (*function == HookFunction::ByCookie, "report of one function of several"),
        (matches!(function, HookFunction::ByCall { .. }), "report of a system call on a list"),
        (!sockets.is_empty(), "report about a socket's owner"),
        (!saved.is_empty(), "report with saved parameters"),
        (selector.is_none(), "report without selector"),
    ];
    found.extend(parts.iter().filter(|(is_there, _)| *is_there).map(|(_, name)| *name));
    found.extend(extras.iter().map(|extra| match extra {
        Extra::KernelStack => "kernel stack",
        Extra::UserStack => "user stack",
        Extra::Digest(_) => "digest",
    }));
    found.extend(rate_limit.iter().map(|limit| match limit.scope {
        RateScope::Thread => "limit by thread",
        RateScope::Process => "limit by process",
        RateScope::Global => "limit of all",
    }));
}
