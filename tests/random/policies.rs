//! Random policies, bound to hooks whose values the tests can give.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use writ::policy::{
    ArgumentType, CapabilitySet, Mode, NamespaceKind, RateScope, TrackAction, Whose, Workloads,
};
use writ::resolved::{
    Action, Argument, ArgumentId, Attachment, BufferLength, End, Expression, Extras, Hook,
    HostProcesses, NamespaceValue, Network, Origin, Policy, Question, RateLimit, Reach, Reader,
    Selector, Sense, Sharing, Signedness, SocketField, Structure, Test,
};
use writ::set::{IntegerSet, TextPattern, TextSet};
use writ::source::{SourceMap, Span, Spanned};
use writ_bundle::{Attach, HookKind, Pattern};

use super::formulas::formula;
use super::processes::capability_bits;
use super::workloads::{self, Host};
use super::{Choices, Random};

/// What policies are about, so that their conditions hold now and then.
pub(crate) struct Setting {
    pub points: Points,
    /// Ids that the calling process may have.
    pub pids: Vec<u32>,
    /// Inode numbers of namespaces that it may be in.
    pub namespaces: Vec<u32>,
    /// Signals that policies may send.
    pub signals: &'static [u32],
    /// Intervals of rate limits, in milliseconds.
    pub intervals: &'static [u32],
}

/// What is hooked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Points {
    /// Functions, system calls and LSM hooks.
    Functions,
    /// Raw tracepoints, whose programs the kernel runs on request.
    RawTracepoints,
}

/// The sources in which all policies stand.
pub(crate) fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("policy.yaml", "x");
    sources
}

pub(super) fn span() -> Span {
    Span::new(SourceMap::default().add("", ""), 0..1)
}

pub(crate) fn policies(random: &mut Random, setting: &Setting) -> Vec<Policy> {
    (0..random.length(1..4)).map(|number| policy(random, setting, number)).collect()
}

fn policy(random: &mut Random, setting: &Setting, number: usize) -> Policy {
    let namespace = workloads::namespace(random);
    let host = if namespace.is_some() { Host::Refused } else { Host::Allowed };
    let is_for_some = random.once_in(3);
    Policy {
        span: span(),
        name: format!("p{number}"),
        name_span: span(),
        namespace,
        mode: if random.once_in(3) { Mode::Monitor } else { Mode::Enforce },
        hooks: (0..random.length(1..3)).map(|_| hook(random, setting)).collect(),
        program_hooks: Vec::new(),
        enforcers: Vec::new(),
        settings: Vec::new(),
        workloads: if is_for_some {
            workloads::workloads(random, host)
        } else {
            Workloads::default()
        },
        nodes: None,
        loader: None,
    }
}

fn hook(random: &mut Random, setting: &Setting) -> Hook {
    let attach = attach(random, setting.points);
    let is_syscall = matches!(&attach, Attach::Fentry { function } if function == SYSCALL);
    let can_deny = matches!(attach, Attach::Lsm { .. } | Attach::FmodRet { .. });
    let returns = matches!(attach, Attach::Fentry { .. }) && random.once_in(2);
    let arguments: Vec<Argument> =
        (0..random.length(0..4)).map(|_| argument(random, setting.points, is_syscall)).collect();
    let return_argument = returns.then(|| return_argument(is_syscall));
    let return_argument_is_socket =
        return_argument.as_ref().is_some_and(|argument| argument.reader.is_socket());
    let selectors = (0..random.length(0..4))
        .map(|_| selector(random, setting, &arguments, return_argument.as_ref(), can_deny))
        .collect();
    let return_function = if is_syscall { SYSCALL } else { FUNCTION };
    Hook {
        span: span(),
        point_span: span(),
        kind: HookKind::Kprobe { function: FUNCTION.into() },
        sharing: Sharing::Own,
        attachment: attachment(attach),
        return_attachment: returns
            .then(|| attachment(Attach::Fexit { function: return_function.into() })),
        arguments,
        return_argument,
        selectors,
        message: None,
        tags: Vec::new(),
        data: Vec::new(),
        return_action: return_argument_is_socket.then(|| {
            let action = *random.one_of(&[TrackAction::Track, TrackAction::Untrack]);
            Spanned::new(action, span())
        }),
    }
}

const FUNCTION: &str = "f";
const SYSCALL: &str = "__x64_sys_s";

fn attach(random: &mut Random, points: Points) -> Attach {
    let function = || FUNCTION.to_owned();
    if points == Points::RawTracepoints {
        return Attach::RawTracepoint { event: (*random.one_of(&["e", "other"])).into() };
    }
    match random.below(5) {
        1 => Attach::FmodRet { function: function() },
        2 => Attach::Fentry { function: SYSCALL.into() },
        3 => Attach::Lsm { hook: function(), sleepable: false },
        _ => Attach::Fentry { function: function() },
    }
}

fn attachment(attach: Attach) -> Attachment {
    Attachment { attach, reason: String::new(), needs: Vec::new() }
}

/// A parameter is read in one way, which its number decides: one context serves all hooks.
fn argument(random: &mut Random, points: Points, is_syscall: bool) -> Argument {
    let readers: &[Reader] = match points {
        Points::Functions => &OF_FUNCTIONS,
        Points::RawTracepoints => &OF_RAW_TRACEPOINTS,
    };
    let count = if is_syscall { SYSCALL_PARAMETERS } else { readers.len() };
    let place = random.length(0..count);
    let origin = if is_syscall { Origin::SyscallParameter } else { Origin::Parameter };
    of(origin(u32::try_from(place).unwrap_or(0)), readers[place])
}

/// How the parameters of functions are read.
const OF_FUNCTIONS: [Reader; 9] = [
    Reader::File,
    Reader::Text,
    integer(4, Signedness::Signed),
    integer(8, Signedness::Unsigned),
    integer(2, Signedness::Signed),
    SOCKET,
    integer(1, Signedness::Unsigned),
    Reader::Structure(Structure::SockaddrUn { length: BufferLength::Unknown }),
    Reader::SyscallNumber,
];

const SOCKET: Reader = Reader::Structure(Structure::Sock);

/// A system call has no more parameters.
const SYSCALL_PARAMETERS: usize = 6;

/// How the arguments of raw tracepoints are read. There are at most twelve.
const OF_RAW_TRACEPOINTS: [Reader; 12] = [
    Reader::Text,
    Reader::Text,
    Reader::Descriptor,
    integer(8, Signedness::Unsigned),
    integer(8, Signedness::Signed),
    integer(4, Signedness::Unsigned),
    integer(4, Signedness::Signed),
    integer(2, Signedness::Unsigned),
    integer(2, Signedness::Signed),
    integer(1, Signedness::Unsigned),
    integer(1, Signedness::Signed),
    Reader::Text,
];

const fn integer(bytes: u8, signedness: Signedness) -> Reader {
    Reader::Integer { bytes, signedness }
}

/// As with parameters, the function decides how its result is read.
fn return_argument(is_syscall: bool) -> Argument {
    let reader = if is_syscall { SOCKET } else { integer(8, Signedness::Signed) };
    of(Origin::Return { parameters: 9 }, reader)
}

fn of(origin: Origin, reader: Reader) -> Argument {
    Argument {
        span: span(),
        name: None,
        type_: ArgumentType::Int,
        label: None,
        origin,
        walk: None,
        reader,
    }
}

fn selector(
    random: &mut Random,
    setting: &Setting,
    arguments: &[Argument],
    returned: Option<&Argument>,
    can_deny: bool,
) -> Selector {
    let ids: Vec<(ArgumentId, Reader)> = arguments
        .iter()
        .enumerate()
        .map(|(place, argument)| (ArgumentId::Argument(place), argument.reader))
        .collect();
    let return_ids: Vec<_> =
        returned.iter().map(|argument| (ArgumentId::Return, argument.reader)).collect();
    let sockets = |ids: &[(ArgumentId, Reader)]| -> Vec<(ArgumentId, Reader)> {
        ids.iter().copied().filter(|(_, reader)| reader.is_socket()).collect()
    };
    Selector {
        span: span(),
        label: None,
        condition: expression(random, setting, &ids, 3),
        return_condition: expression(random, setting, &return_ids, 2),
        actions: actions(random, setting, &sockets(&ids), can_deny),
        return_actions: actions(random, setting, &sockets(&return_ids), false),
    }
}

fn actions(
    random: &mut Random,
    setting: &Setting,
    sockets: &[(ArgumentId, Reader)],
    can_deny: bool,
) -> Vec<Action> {
    (0..random.length(1..4))
        .map(|_| match random.below(8) {
            6 if !sockets.is_empty() => {
                Action::TrackSock { span: span(), argument: random.one_of(sockets).0 }
            }
            7 if !sockets.is_empty() => {
                Action::UntrackSock { span: span(), argument: random.one_of(sockets).0 }
            }
            5 => Action::NoPost { span: span() },
            1 => Action::Signal { span: span(), number: *random.one_of(setting.signals) },
            2 if can_deny => {
                Action::Override { span: span(), error: *random.one_of(&[-1, -13, 0]) }
            }
            3 => Action::Post {
                span: span(),
                rate_limit: (!random.once_in(4)).then(|| limit(random, setting)),
                extras: Extras {
                    kernel_stack: random.once_in(4).then(span),
                    user_stack: random.once_in(4).then(span),
                    ima_hash: None,
                },
            },
            _ => Action::post(span()),
        })
        .collect()
}

fn limit(random: &mut Random, setting: &Setting) -> RateLimit {
    RateLimit {
        milliseconds: *random.one_of(setting.intervals),
        scope: *random.one_of(&RateScope::ALL),
    }
}

fn expression(
    random: &mut Random,
    setting: &Setting,
    ids: &[(ArgumentId, Reader)],
    depth: u32,
) -> Expression {
    let part = |random: &mut Random| expression(random, setting, ids, depth - 1);
    match random.below(if depth == 0 { 1 } else { 6 }) {
        1 | 2 => Expression::All((0..random.length(0..4)).map(|_| part(random)).collect()),
        3 => Expression::Any((0..random.length(0..4)).map(|_| part(random)).collect()),
        4 => Expression::Not(Box::new(part(random))),
        _ => Expression::Test(test(random, setting, ids)),
    }
}

fn test(random: &mut Random, setting: &Setting, ids: &[(ArgumentId, Reader)]) -> Test {
    let question = match random.below(13) {
        12 => Question::Workload { workloads: workloads::workloads(random, Host::Allowed) },
        5 => Question::Binary { set: texts(random) },
        8 => Question::Lineage {
            whose: *random.one_of(&[Whose::Process, Whose::Parent]),
            reach: *random.one_of(&[Reach::Itself, Reach::Descendants]),
            set: texts(random),
        },
        9 => Question::NamespaceChange {
            kinds: (0..random.length(1..4)).map(|_| *random.one_of(&NamespaceKind::ALL)).collect(),
        },
        10 => capabilities(random),
        11 => Question::Cel { formula: formula(random, ids) },
        6 => Question::Pid {
            pids: (0..random.length(1..6)).map(|_| *random.one_of(&setting.pids)).collect(),
            is_namespace_pid: random.once_in(2),
            follow_forks: random.once_in(2),
        },
        7 => namespace(random, setting),
        _ if ids.is_empty() => namespace(random, setting),
        _ => {
            let (argument, reader) = *random.one_of(ids);
            let numbers: Vec<ArgumentId> = ids
                .iter()
                .filter(|(_, reader)| reader.limits().is_some())
                .map(|(id, _)| *id)
                .collect();
            if !numbers.is_empty() && random.once_in(10) {
                let (new, old) = (*random.one_of(&numbers), *random.one_of(&numbers));
                let mask = random.bits() | 1 << random.below(64);
                Question::CapabilitiesGained { new, old, mask }
            } else {
                about(random, argument, reader)
            }
        }
    };
    let sense = *random.one_of(&[Sense::Is, Sense::IsNot]);
    Test { span: span(), sense, question }
}

fn capabilities(random: &mut Random) -> Question {
    let set = *random.one_of(&CapabilitySet::ALL);
    let mask = capability_bits(random) | 1 << random.below(40);
    let hosts = *random.one_of(&[HostProcesses::Count, HostProcesses::FailTheRule]);
    if random.once_in(2) {
        return Question::Capability { set, mask, hosts };
    }
    Question::CapabilityChange { set, mask, hosts }
}

fn about(random: &mut Random, argument: ArgumentId, reader: Reader) -> Question {
    if reader == Reader::Structure(Structure::Sock) {
        return about_socket(random, argument);
    }
    if matches!(reader, Reader::Structure(Structure::SockaddrUn { .. })) && random.once_in(3) {
        let set = IntegerSet::from_ranges([(1, 1)]);
        return Question::Socket { argument, field: SocketField::Family, set };
    }
    let Some((low, high)) = reader.limits() else {
        return Question::Text { argument, set: texts(random) };
    };
    if random.once_in(4) {
        return Question::Bits { argument, mask: random.bits() | 1 << random.below(64) };
    }
    let range = |random: &mut Random| {
        let from = number_of(reader, random.bits());
        let to = if random.once_in(2) { from } else { number_of(reader, random.bits()) };
        (from.min(to), from.max(to))
    };
    let ranges: Vec<_> = (0..random.length(1..12)).map(|_| range(random)).collect();
    Question::Integer { argument, set: IntegerSet::from_ranges(ranges).within(low, high) }
}

fn about_socket(random: &mut Random, argument: ArgumentId) -> Question {
    let end = *random.one_of(&[End::Source, End::Destination]);
    if random.once_in(2) {
        let networks = (0..random.length(1..8)).map(|_| network(random)).collect();
        return Question::Address { argument, end, networks };
    }
    let fields =
        [SocketField::Port(end), SocketField::Protocol, SocketField::Family, SocketField::State];
    let number = |random: &mut Random| i128::from(random.bits() & 0xf);
    let ranges: Vec<_> =
        (0..random.length(1..5)).map(|_| (number(random), number(random) * 9)).collect();
    let set = IntegerSet::from_ranges(ranges.into_iter().chain([(6, 6)]));
    Question::Socket { argument, field: *random.one_of(&fields), set }
}

fn network(random: &mut Random) -> Network {
    let address = address(random);
    let most = if address.is_ipv4() { 33 } else { 129 };
    let bits = u8::try_from(random.below(most)).unwrap_or(0);
    Network { address, bits }
}

/// An address of few different ones, so that many are in the same network.
pub(crate) fn address(random: &mut Random) -> IpAddr {
    let number = u128::from(random.bits()) << 64 | u128::from(random.bits());
    match random.below(4) {
        0 => Ipv6Addr::from_bits(number).into(),
        1 => Ipv6Addr::from_bits(number & 0xf).into(),
        2 => Ipv4Addr::from_bits(u32::try_from(number & 0xffff_ffff).unwrap_or(0)).into(),
        _ => Ipv4Addr::new(127, 0, 0, u8::try_from(number & 3).unwrap_or(0)).into(),
    }
}

fn number_of(reader: Reader, bits: u64) -> i128 {
    let (low, high) = reader.limits().unwrap_or((0, 0));
    low + i128::from(bits) % (high - low + 1)
}

fn namespace(random: &mut Random, setting: &Setting) -> Question {
    let value = |random: &mut Random| match random.below(3) {
        0 => NamespaceValue::Host,
        _ => NamespaceValue::Inode(*random.one_of(&setting.namespaces)),
    };
    Question::Namespace {
        kind: *random.one_of(&NamespaceKind::ALL),
        values: (0..random.length(1..4)).map(|_| value(random)).collect(),
    }
}

/// A text of few different words, so that many begin or end alike.
pub(crate) fn text(random: &mut Random) -> String {
    const WORDS: [&str; 8] =
        ["/", "/etc", "/e", "/usr/bin/", "passwd", "/a-long-name-of-a-directory", ".so", "x"];
    (0..random.length(1..6)).map(|_| *random.one_of(&WORDS)).collect()
}

fn texts(random: &mut Random) -> TextSet {
    let count = if random.once_in(10) { random.length(100..400) } else { random.length(1..8) };
    let pattern = |random: &mut Random| match random.below(3) {
        0 => Pattern::Equal(text(random)),
        1 => Pattern::Prefix(format!("{}{}", text(random), random.below(4))),
        _ if count > 50 => Pattern::Equal(format!("{}{}", text(random), random.below(1000))),
        _ => Pattern::Postfix(text(random)),
    };
    let mut patterns: Vec<Pattern> = (0..count).map(|_| pattern(random)).collect();
    if random.once_in(3) {
        patterns.push(Pattern::Prefix(text(random)));
    }
    let patterns = patterns.into_iter().map(|pattern| TextPattern { pattern, span: span() });
    TextSet { patterns: patterns.collect() }
}

/// A policy of which every run sends a record.
pub(crate) fn one_that_always_posts() -> Policy {
    let nothing = Choices { first: Vec::new(), rest: 0 };
    let setting = Setting {
        points: Points::RawTracepoints,
        pids: vec![0],
        namespaces: vec![0],
        signals: &[],
        intervals: &[],
    };
    policy(&mut Random::new(&nothing), &setting, 0)
}
