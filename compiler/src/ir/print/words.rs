//! The words for what programs ask and do.

use writ_bundle::record::flag;
use writ_bundle::{Attach, Pattern, UserPlace, UserPoint};

use crate::ids::Id;
use crate::ir::{
    HookFunction, Kin, OperationKind, Pairing, Report, ReturnedTo, Role, Test, Value, ValueOrigin,
};
use crate::policy::TrackAction;
use crate::resolved::{
    Acts, Assignment, Caller, Case, Memory, Network, Origin, Reader, Signedness, Walk, WalkStep,
};
use crate::set::{IntegerSet, TextSet};

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Entry => "entry",
        Role::Return => "return",
        Role::Enforce => "enforce",
        Role::Exec => "exec",
        Role::Fork => "fork",
        Role::Exit => "exit",
    }
}

pub(super) fn attach(attach: &Attach) -> String {
    match attach {
        Attach::Fentry { function } => format!("fentry/{function}"),
        Attach::Fexit { function } => format!("fexit/{function}"),
        Attach::FmodRet { function } => format!("fmod_ret/{function}"),
        Attach::Kprobe { function } => format!("kprobe/{function}"),
        Attach::Kretprobe { function } => format!("kretprobe/{function}"),
        Attach::Lsm { hook, sleepable: false } => format!("lsm/{hook}"),
        Attach::Lsm { hook, sleepable: true } => format!("lsm.s/{hook}"),
        Attach::Tracepoint { subsystem, event } => format!("tracepoint/{subsystem}/{event}"),
        Attach::KprobeMulti { functions } => format!("kprobe.multi/{}", functions.join(",")),
        Attach::KretprobeMulti { functions } => format!("kretprobe.multi/{}", functions.join(",")),
        Attach::Kprobes { functions } => format!("kprobe/{}", functions.join(",")),
        Attach::Kretprobes { functions } => format!("kretprobe/{}", functions.join(",")),
        Attach::RawTracepoint { event } => format!("raw_tp/{event}"),
        Attach::BtfTracepoint { event } => format!("tp_btf/{event}"),
        Attach::Uprobe { file, places, apart: _ } => {
            format!("uprobe {file} {}", UserPlace::list(places))
        }
        Attach::Uretprobe { file, places, apart: _ } => {
            format!("uretprobe {file} {}", UserPlace::list(places))
        }
        Attach::Usdt { file, provider, name, apart: _ } => format!("usdt {file} {provider}:{name}"),
    }
}

pub(super) fn value(value: &Value) -> String {
    let walk = value.walk.as_ref().map_or(String::new(), walk);
    let memory = match value.memory {
        // Where it makes a difference.
        Memory::Caller if value.walk.is_some() || value.reader.is_located() => " of the caller's",
        Memory::Caller | Memory::Either => "",
    };
    let (reader, origin) = (reader(value.reader), origin(value.origin));
    format!("#{} = {reader}{memory} of {origin}{walk}", value.item)
}

/// `->` for each pointer, then the members and elements: `->file->f_path.dentry`.
fn walk(walk: &Walk) -> String {
    let step = |step: &WalkStep| match step {
        WalkStep::Follow => "->".to_owned(),
        WalkStep::Member { name, bit_size: 0, .. } => format!(".{name}"),
        WalkStep::Member { name, bit_size, .. } => format!(".{name}:{bit_size}"),
        WalkStep::Element { index, .. } => format!("[{index}]"),
    };
    walk.steps.iter().map(step).collect::<String>().replace("->.", "->")
}

fn reader(reader: Reader) -> String {
    match reader {
        Reader::Nothing => "nothing".into(),
        Reader::Integer { bytes, signedness } => match signedness {
            Signedness::Signed => format!("s{}", u32::from(bytes) * 8),
            Signedness::Unsigned => format!("u{}", u32::from(bytes) * 8),
        },
        Reader::File => "path of file".into(),
        Reader::Path => "path".into(),
        Reader::Binprm => "path of binprm".into(),
        Reader::Filename => "filename".into(),
        Reader::Descriptor => "path of descriptor".into(),
        Reader::Text => "text".into(),
        Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. } => format!("{reader:?}"),
        Reader::SyscallNumber => "number of system call".into(),
        Reader::Capability => "capability".into(),
        Reader::Capabilities(_) => "capabilities".into(),
        Reader::Structure(structure) => structure.word().into(),
    }
}

fn origin(origin: ValueOrigin) -> String {
    match origin {
        ValueOrigin::Executable => "executable".into(),
        ValueOrigin::Hook(Origin::Parameter(place)) => format!("parameter {place}"),
        ValueOrigin::Hook(Origin::SyscallParameter(place, Caller::Bits64)) => {
            format!("syscall parameter {place}")
        }
        ValueOrigin::Hook(Origin::SyscallParameter(place, Caller::Bits32)) => {
            format!("32-bit syscall parameter {place}")
        }
        ValueOrigin::Hook(Origin::Field { offset, bytes }) => {
            format!("field at {offset}, {bytes} bytes")
        }
        ValueOrigin::Hook(Origin::Return { .. }) => "return value".into(),
        ValueOrigin::Hook(
            origin @ (Origin::CurrentTask
            | Origin::Register { .. }
            | Origin::UserParameter(_)
            | Origin::UsdtArgument(_)),
        ) => format!("{origin:?}"),
    }
}

pub(super) fn operation(kind: &OperationKind, item: &dyn Fn(Id<Value>) -> u16) -> String {
    match kind {
        OperationKind::Post(report) => post(report, item),
        OperationKind::Signal { number } => format!("signal {number}"),
        OperationKind::Set { argument, value } => {
            format!("set USDT argument {argument} to {value}")
        }
        OperationKind::Redirect { registers, to } => redirect(registers, to.as_ref()),
        OperationKind::Deny { error } => format!("deny {error}"),
        OperationKind::Cancel { hook, function: which } => {
            format!("cancel hook {hook}{}", function(*which))
        }
        OperationKind::Notify { policy, error, signal } => {
            format!("notify the enforcer of policy {policy}: error {error}, signal {signal}")
        }
        OperationKind::Forget { policy } => format!("forget what policy {policy} notified"),
        OperationKind::Enforce { policy, acts: Acts::FailsAndSignals } => {
            format!("enforce what policy {policy} notified")
        }
        OperationKind::Enforce { policy, acts: Acts::Signals } => {
            format!("send the signal that policy {policy} notified")
        }
        OperationKind::JoinBinarySet { set } => format!("join binary set {set}"),
        OperationKind::JoinFollowSet { set } => format!("join follow set {set}"),
        OperationKind::FollowLineage => "follow executables of the family".into(),
        OperationKind::FollowBaseline => "follow what changes are compared with".into(),
        OperationKind::Track { policy, socket, action } => {
            let verb = match action {
                TrackAction::Track => "track",
                TrackAction::Untrack => "forget",
            };
            format!("{verb} socket #{} for policy {policy}", item(*socket))
        }
        OperationKind::Await { hook, function: one, pairing: how } => {
            format!("await the return of hook {hook}{}{}", function(*one), pairing(*how))
        }
        OperationKind::FinishExec => "store and report the exec".into(),
        OperationKind::FinishFork => "store and report the fork".into(),
        OperationKind::FinishExit => "forget and report the exit".into(),
    }
}

fn redirect(registers: &[Assignment], to: Option<&UserPoint>) -> String {
    let registers: Vec<String> = registers.iter().map(ToString::to_string).collect();
    let to = to.map(|to| format!("go on at {to}"));
    format!("registers {}", registers.into_iter().chain(to).collect::<Vec<_>>().join(", "))
}

/// Which function of a hook, where it has several.
pub(super) fn function(which: HookFunction) -> String {
    match which {
        HookFunction::Only => String::new(),
        HookFunction::ByCookie => " function by cookie".to_owned(),
        HookFunction::ByCall { list } => format!(" function by call list {list}"),
    }
}

/// How a return is known, where that is by its frame.
pub(super) fn pairing(how: Pairing) -> &'static str {
    match how {
        Pairing::ByFrame => " by frame",
        Pairing::Last => "",
    }
}

fn awaits_return(how: Pairing) -> &'static str {
    match how {
        Pairing::ByFrame => "awaits return by frame",
        Pairing::Last => "awaits return",
    }
}

fn post(report: &Report, item: &dyn Fn(Id<Value>) -> u16) -> String {
    let values: Vec<String> =
        report.values.iter().map(|value| format!("#{}", item(*value))).collect();
    let mut words = vec![format!("post hook {}{}", report.hook, function(report.function))];
    words.extend(report.selector.map(selector));
    words.push(action(report.action, report.action_argument));
    words.push(format!("({})", values.join(", ")));
    let sockets =
        report.sockets.iter().map(|socket| format!("for the owner of #{}", item(*socket)));
    words.extend(sockets);
    words.extend(report.extras.iter().map(|extra| format!("with {}", extra.word())));
    let flags = [
        (flag::AWAITS_RETURN, awaits_return(report.pairing)),
        (flag::IS_RETURN, "is return"),
        (flag::CANCELLED, "cancelled"),
        (flag::MONITORED, "monitored"),
    ];
    let set = flags.iter().filter(|(bit, _)| report.flags & bit != 0);
    words.extend(set.map(|(_, word)| (*word).to_owned()));
    words.extend(
        report
            .rate_limit
            .map(|limit| format!("once per {} ms per {}", limit.milliseconds, limit.scope.name())),
    );
    words.join(" ")
}

fn action(action: u8, argument: i64) -> String {
    use writ_bundle::record::action::{
        CLEANUPENFORCER, DNSLOOKUP, GETURL, NOTIFYENFORCER, OVERRIDE, POST, REDIRECT, SET, SIGKILL,
        SIGNAL, TRACKSOCK, UNTRACKSOCK,
    };
    match action {
        POST => "posted".into(),
        SIGKILL => "killed".into(),
        SIGNAL => format!("signalled {argument}"),
        OVERRIDE => format!("overridden {argument}"),
        GETURL => "address fetched".into(),
        DNSLOOKUP => "name looked up".into(),
        TRACKSOCK => "socket tracked".into(),
        UNTRACKSOCK => "socket forgotten".into(),
        NOTIFYENFORCER => "enforcer told".into(),
        CLEANUPENFORCER => "enforcer told to forget".into(),
        SET => "set".into(),
        REDIRECT => "redirected".into(),
        other => format!("action {other}"),
    }
}

pub(super) fn selector(selector: u16) -> String {
    match selector {
        u16::MAX => "no selector".into(),
        ReturnedTo::UNTOLD => "untold".into(),
        selector => format!("selector {selector}"),
    }
}

pub(super) fn test(test: &Test, item: &dyn Fn(Id<Value>) -> u16) -> String {
    match test {
        Test::Integer { value, set } => format!("#{} in {}", item(*value), integers(set)),
        Test::Bits { value, mask } => format!("#{} has a bit of {mask:#x}", item(*value)),
        Test::Text { value, set } => format!("#{} in {}", item(*value), texts(set)),
        Test::Socket { value, field, set } => {
            format!("{} of #{} in {}", field.words(), item(*value), integers(set))
        }
        Test::Address { value, end, networks } => {
            let networks: Vec<String> = networks.iter().map(Network::to_string).collect();
            let end = end.word();
            format!("{end} address of #{} in [{}]", item(*value), networks.join(", "))
        }
        Test::Gained { new, old, mask } => {
            format!("#{} gains a bit of {mask:#x} over #{}", item(*new), item(*old))
        }
        Test::Substring { value, texts, case } => {
            let how = match case {
                Case::Matters => "",
                Case::Ignored => ", in any case",
            };
            format!("#{} has one of {texts:?} inside{how}", item(*value))
        }
        Test::FileType { value, types } => {
            let types: Vec<&str> = types.iter().map(|type_| type_.name()).collect();
            format!("#{} is a file of [{}]", item(*value), types.join(", "))
        }
        Test::Binary { set } => format!("binary in set {set}"),
        Test::Pid { pids, is_namespace_pid } => {
            let subject = if *is_namespace_pid { "nspid" } else { "pid" };
            format!("{subject} in {pids:?}")
        }
        Test::Descends { set } => format!("descends from follow set {set}"),
        Test::Namespace { kind, values } => {
            let values: Vec<String> = values.iter().map(|value| value.word()).collect();
            format!("namespace {} in [{}]", kind.word(), values.join(", "))
        }
        Test::Lineage { kin, set } => match kin {
            Kin::Line => format!("binary or an ancestor's in set {set}"),
            Kin::Parent => format!("parent's binary in set {set}"),
            Kin::ParentLine => format!("parent's binary or an ancestor's in set {set}"),
        },
        Test::Formula { formula } => formula.words(&|value| format!("#{}", item(*value))),
        Test::Capability { set, mask } => format!("{} has {mask:#x}", set.word()),
        Test::CapabilityChange { set, mask } => {
            format!("{} changed in {mask:#x}", set.word())
        }
        Test::NamespaceChange { kinds } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            format!("namespace changed in [{}]", kinds.join(", "))
        }
        Test::Workload { set, hosts: _ } => format!("process in workload set {set}"),
        Test::Listed { list } => format!("system call in list {list}"),
        Test::Enforcing { policy } => format!("policy {policy} enforces"),
        Test::Enabled { policy } => format!("policy {policy} is enabled"),
    }
}

fn integers(set: &IntegerSet) -> String {
    let range = |&(low, high): &(i128, i128)| {
        if low == high { low.to_string() } else { format!("{low}..{high}") }
    };
    format!("[{}]", set.ranges().iter().map(range).collect::<Vec<_>>().join(", "))
}

/// The patterns in order, each once.
pub(super) fn texts(set: &TextSet) -> String {
    let pattern = |pattern: &Pattern| match pattern {
        Pattern::Equal(text) => format!("{text:?}"),
        Pattern::Prefix(text) => format!("{text:?}.."),
        Pattern::Postfix(text) => format!("..{text:?}"),
    };
    format!("[{}]", set.plain().patterns.iter().map(pattern).collect::<Vec<_>>().join(", "))
}
