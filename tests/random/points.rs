//! The places that random policies hook, and what can be read there.
//!
//! A parameter is read in one way, which its number decides: one context serves all hooks.

use writ::policy::ArgumentType;
use writ::resolved::{
    Acts, Argument, BufferLength, Caller, CapabilityWord, Memory, Moment, Origin, Reader, Sharing,
    Signedness, Structure, Walk,
};
use writ_bundle::{Attach, HookKind, SYSCALL_32_BIT, UserFile, UserPlace, UserPoint};

use super::policies::span;
use super::walks::Walks;

/// A place that policies hook.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// Each function of a list; else one.
    pub functions: Vec<Function>,
    pub sharing: Sharing,
    pub arguments: Vec<Argument>,
    pub data: Vec<Argument>,
    pub returned: Option<Argument>,
}

/// How one function is attached to.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub kind: HookKind,
    pub attach: Attach,
    pub returns: Option<Attach>,
    /// The numbers of the system calls that it serves, where they tell which function it is.
    pub calls: Vec<u32>,
}

/// How the six parameters of each function are read, and what it returns. The lengths of buffers are
/// other parameters.
const FUNCTIONS: [([Reader; 6], Reader); 8] = [
    (
        [
            Reader::File,
            Reader::Text,
            integer(4, Signedness::Signed),
            integer(8, Signedness::Unsigned),
            integer(2, Signedness::Signed),
            SOCKET,
        ],
        integer(8, Signedness::Signed),
    ),
    (
        [
            integer(1, Signedness::Unsigned),
            Reader::Structure(Structure::SockaddrUn { length: BufferLength::Unknown }),
            Reader::SyscallNumber,
            Reader::Binprm,
            Reader::Path,
            Reader::Filename,
        ],
        integer(4, Signedness::Signed),
    ),
    (
        [
            buffer(Moment::Entry, 1, 8),
            integer(8, Signedness::Unsigned),
            buffer(Moment::EntryInFull, 3, 4),
            integer(4, Signedness::Signed),
            Reader::Vectors { length: parameter(5, 8), moment: Moment::Entry },
            integer(8, Signedness::Unsigned),
        ],
        integer(8, Signedness::Signed),
    ),
    (
        [
            Reader::Buffer { length: RETURNED, moment: Moment::Return },
            Reader::Vectors { length: parameter(2, 8), moment: Moment::Return },
            integer(8, Signedness::Signed),
            Reader::Descriptor,
            Reader::Structure(Structure::Skb),
            Reader::Buffer { length: BufferLength::Unknown, moment: Moment::Entry },
        ],
        integer(8, Signedness::Signed),
    ),
    (
        [
            Reader::Structure(Structure::Socket),
            Reader::Structure(Structure::Sockaddr),
            Reader::Structure(Structure::SockaddrUn { length: parameter(3, 4) }),
            integer(4, Signedness::Signed),
            Reader::Capability,
            Reader::Capabilities(CapabilityWord::Plain),
        ],
        Reader::Structure(Structure::Socket),
    ),
    (
        [
            Reader::Structure(Structure::Cred),
            Reader::Structure(Structure::BpfAttr),
            Reader::Structure(Structure::BpfMap),
            Reader::Structure(Structure::BpfProg),
            Reader::Structure(Structure::PerfEvent),
            Reader::Structure(Structure::UserNamespace),
        ],
        integer(1, Signedness::Signed),
    ),
    (
        [
            Reader::Structure(Structure::Kiocb),
            Reader::Structure(Structure::IovIter),
            Reader::Structure(Structure::LoadInfo),
            Reader::Structure(Structure::Module),
            Reader::Structure(Structure::Dentry),
            Reader::Structure(Structure::NetDevice),
        ],
        SOCKET,
    ),
    (
        [
            Reader::Capabilities(CapabilityWord::Effective),
            Reader::Capabilities(CapabilityWord::Inheritable),
            Reader::Capabilities(CapabilityWord::Permitted),
            integer(2, Signedness::Unsigned),
            integer(1, Signedness::Signed),
            integer(4, Signedness::Unsigned),
        ],
        integer(2, Signedness::Unsigned),
    ),
];

/// How the arguments of raw tracepoints are read. There are at most twelve.
const OF_RAW_TRACEPOINTS: [Reader; 12] = [
    Reader::Text,
    Reader::Buffer { length: parameter(7, 2), moment: Moment::Entry },
    Reader::Descriptor,
    integer(8, Signedness::Unsigned),
    integer(8, Signedness::Signed),
    integer(4, Signedness::Unsigned),
    integer(4, Signedness::Signed),
    integer(2, Signedness::Unsigned),
    Reader::Vectors { length: parameter(9, 1), moment: Moment::Entry },
    integer(1, Signedness::Unsigned),
    Reader::SyscallNumber,
    Reader::Text,
];

/// The fields of a tracepoint's record: offset, bytes, and how it is read.
const FIELDS: [(u32, u32, Reader); 12] = [
    (8, 4, integer(4, Signedness::Signed)),
    (12, 2, integer(2, Signedness::Unsigned)),
    (14, 1, integer(1, Signedness::Signed)),
    (15, 1, integer(1, Signedness::Unsigned)),
    (16, 8, Reader::SyscallNumber),
    (24, 4, Reader::RecordText),
    (28, 4, Reader::Descriptor),
    (32, 8, Reader::Text),
    (40, 16, Reader::Bytes { bytes: 16 }),
    (56, 8, Reader::Filename),
    (64, 4, integer(8, Signedness::Unsigned)),
    (72, 8, SOCKET),
];

/// How the parameters of functions of programs are read. The last are on the stack.
const OF_PROGRAMS: [Reader; 8] = [
    Reader::Text,
    integer(4, Signedness::Signed),
    integer(8, Signedness::Unsigned),
    Reader::Buffer {
        length: BufferLength::Number {
            origin: Origin::UserParameter(2),
            bytes: 8,
            signedness: Signedness::Unsigned,
        },
        moment: Moment::Return,
    },
    integer(1, Signedness::Unsigned),
    Reader::Descriptor,
    integer(8, Signedness::Signed),
    Reader::Text,
];

/// How the arguments of probes are read.
const OF_PROBES: [Reader; 5] = [
    integer(4, Signedness::Signed),
    Reader::Text,
    integer(8, Signedness::Unsigned),
    integer(2, Signedness::Signed),
    Reader::Descriptor,
];

/// Registers that carry no parameters: offsets and bytes.
const REGISTERS: [(u32, u8); 4] = [(0, 8), (8, 4), (16, 2), (24, 1)];

const SOCKET: Reader = Reader::Structure(Structure::Sock);

const RETURNED: BufferLength = BufferLength::Number {
    origin: Origin::Return { parameters: PARAMETERS },
    bytes: 4,
    signedness: Signedness::Signed,
};

/// Parameters of every function.
const PARAMETERS: u32 = 6;

const fn integer(bytes: u8, signedness: Signedness) -> Reader {
    Reader::Integer { bytes, signedness }
}

const fn parameter(place: u32, bytes: u8) -> BufferLength {
    let origin = Origin::Parameter(place);
    BufferLength::Number { origin, bytes, signedness: Signedness::Signed }
}

const fn buffer(moment: Moment, place: u32, bytes: u8) -> Reader {
    Reader::Buffer { length: parameter(place, bytes), moment }
}

/// How often a place of which there are few stands among all.
const OFTEN: usize = 8;

/// Every place that a loader could attach to.
pub(crate) fn everywhere(walks: &Walks) -> Vec<Point> {
    let mut points = Vec::new();
    for (number, (parameters, returned)) in FUNCTIONS.iter().enumerate() {
        let arguments = places(parameters, Origin::Parameter);
        points.extend(of_function(&format!("f{number}"), &arguments, *returned, walks));
        for caller in [Caller::Bits64, Caller::Bits32] {
            let of_caller = parameters.map(|reader| of_caller(reader, caller));
            let arguments = places(&of_caller, |place| Origin::SyscallParameter(place, caller));
            let name = format!("s{number}");
            points.extend(of_system_call(&name, caller, &arguments, *returned, walks));
            if caller == Caller::Bits64 && number == LISTED {
                points.push(of_listed_calls(&arguments, *returned, walks));
            }
        }
    }
    let pointers: Vec<Argument> = walks
        .of_pointers
        .iter()
        .map(|(place, walk, reader)| argument(Origin::Parameter(*place), Some(walk), *reader))
        .collect();
    points.extend(of_function("w", &pointers, integer(4, Signedness::Unsigned), walks));
    // There are but few of them, among many functions.
    for _ in 0..OFTEN {
        points.push(of_tracepoint(walks));
        points.extend(of_program(walks));
    }
    points.extend(of_raw_tracepoints(walks));
    points
}

/// Where enforcers act: where system calls begin, and where a function is called.
pub(crate) fn enforced() -> Vec<(Attach, Acts)> {
    let call = || "__x64_sys_g".to_owned();
    vec![
        (Attach::FmodRet { function: "g".into() }, Acts::FailsAndSignals),
        (Attach::Kprobe { function: call() }, Acts::FailsAndSignals),
        (Attach::Kprobe { function: call() }, Acts::Signals),
        (Attach::Fentry { function: call() }, Acts::Signals),
    ]
}

/// The raw tracepoints, whose programs the kernel runs on request.
pub(crate) fn of_raw_tracepoints(walks: &Walks) -> Vec<Point> {
    let raw = |event: &str| Attach::RawTracepoint { event: event.to_owned() };
    let known = |event: &str| Attach::BtfTracepoint { event: event.to_owned() };
    let point = |attach: Attach| {
        let kind = HookKind::Tracepoint { subsystem: "raw".into(), event: "e".into() };
        let arguments = places(&OF_RAW_TRACEPOINTS, Origin::Parameter);
        own(
            Function { kind, attach, returns: None, calls: Vec::new() },
            arguments,
            of_task(walks),
            None,
        )
    };
    [raw("e"), raw("other"), known("e")].map(point).into()
}

/// A function of the kernel, in every way in which it can be attached to.
fn of_function(name: &str, arguments: &[Argument], reader: Reader, walks: &Walks) -> Vec<Point> {
    let data = of_task(walks);
    let mut with_registers = data.clone();
    with_registers.extend(of_registers());
    let returned = argument(Origin::Return { parameters: PARAMETERS }, None, reader);
    let at = |attach, returns| function(name, attach, returns);
    let fexit = || Some(Attach::Fexit { function: name.to_owned() });
    let kretprobe = || Some(Attach::Kretprobe { function: name.to_owned() });
    let fentry = at(Attach::Fentry { function: name.to_owned() }, fexit());
    let denied = at(Attach::FmodRet { function: name.to_owned() }, fexit());
    let lsm = at(Attach::Lsm { hook: name.to_owned(), sleepable: false }, None);
    let kprobe = at(Attach::Kprobe { function: name.to_owned() }, kretprobe());
    let seen = |function: Function, data: &[Argument]| {
        own(function, arguments.to_vec(), data.to_vec(), Some(returned.clone()))
    };
    let list: Vec<Function> = ["_a", "_b"]
        .map(|end| {
            let function = format!("{name}{end}");
            let returns = Attach::Kretprobe { function: function.clone() };
            self::function(&function, Attach::Kprobe { function: function.clone() }, Some(returns))
        })
        .into();
    let listed = |sharing| Point {
        functions: list.clone(),
        sharing,
        ..seen(kprobe.clone(), &with_registers)
    };
    vec![
        seen(fentry, &data),
        seen(denied, &data),
        seen(lsm, &data),
        seen(kprobe.clone(), &with_registers),
        listed(Sharing::Multi),
        listed(Sharing::Cookies),
    ]
}

/// A system call of such programs.
fn of_system_call(
    name: &str,
    caller: Caller,
    arguments: &[Argument],
    reader: Reader,
    walks: &Walks,
) -> Vec<Point> {
    let returned = argument(Origin::Return { parameters: 1 }, None, reader);
    let name = match caller {
        Caller::Bits64 => format!("__x64_sys_{name}"),
        Caller::Bits32 => format!("__ia32_sys_{name}"),
    };
    let fentry = Attach::Fentry { function: name.clone() };
    let fexit = Attach::Fexit { function: name.clone() };
    let kprobe = Attach::Kprobe { function: name.clone() };
    let kretprobe = Attach::Kretprobe { function: name.clone() };
    let ways = [function(&name, fentry, Some(fexit)), function(&name, kprobe, Some(kretprobe))];
    let own = |way| own(way, arguments.to_vec(), of_task(walks), Some(returned.clone()));
    ways.map(own).into()
}

/// System calls that one program sees among all. One context serves them, so they read alike.
fn of_listed_calls(arguments: &[Argument], reader: Reader, walks: &Walks) -> Point {
    let at = |event: &str| Attach::BtfTracepoint { event: event.to_owned() };
    let listed = |call: &u32| Function {
        calls: vec![*call],
        ..function(&format!("__x64_sys_{call}"), at("sys_enter"), Some(at("sys_exit")))
    };
    let [hooked @ .., _] = &CALLS;
    Point {
        functions: hooked.iter().map(listed).collect(),
        sharing: Sharing::Calls,
        arguments: arguments.to_vec(),
        data: of_task(walks),
        returned: Some(argument(Origin::Return { parameters: 1 }, None, reader)),
    }
}

/// Numbers of system calls, the last of which is never hooked.
pub(crate) const CALLS: [u32; 4] = [0, 59, SYSCALL_32_BIT + 11, 60];

/// How listed calls read their parameters, as an index into [`FUNCTIONS`].
const LISTED: usize = 3;

fn of_tracepoint(walks: &Walks) -> Point {
    let (subsystem, event) = ("s".to_owned(), "e".to_owned());
    let kind = HookKind::Tracepoint { subsystem: subsystem.clone(), event: event.clone() };
    let attach = Attach::Tracepoint { subsystem, event };
    let field = |(offset, bytes, reader): &(u32, u32, Reader)| {
        argument(Origin::Field { offset: *offset, bytes: *bytes }, None, *reader)
    };
    let arguments = FIELDS.iter().map(field).collect();
    own(
        Function { kind, attach, returns: None, calls: Vec::new() },
        arguments,
        of_task(walks),
        None,
    )
}

/// A function of a program, one that has two places, and a probe.
fn of_program(walks: &Walks) -> Vec<Point> {
    let file = UserFile { path: "/bin/p".into(), digests: Vec::new(), optional: false };
    let place = |number| UserPlace { point: UserPoint::Offset(number), reference_counter: None };
    let function = |offset| Function {
        kind: HookKind::Uprobe {
            path: file.path.clone(),
            symbol: String::new(),
            offset,
            reference_counter: 0,
        },
        attach: Attach::Uprobe { file: file.clone(), places: vec![place(offset)], apart: false },
        returns: Some(Attach::Uretprobe {
            file: file.clone(),
            places: vec![place(offset)],
            apart: false,
        }),
        calls: Vec::new(),
    };
    let mut data = of_task(walks);
    data.extend(of_registers());
    let parameters = places(&OF_PROGRAMS, Origin::UserParameter);
    let returned = argument(Origin::Return { parameters: 0 }, None, integer(4, Signedness::Signed));
    let one = own(function(16), parameters, data.clone(), Some(returned));
    let several = Point {
        functions: vec![function(32), function(48)],
        sharing: Sharing::Multi,
        ..one.clone()
    };
    let (provider, name) = ("v".to_owned(), "u".to_owned());
    let kind =
        HookKind::Usdt { path: file.path.clone(), provider: provider.clone(), name: name.clone() };
    let attach = Attach::Usdt { file: file.clone(), provider, name, apart: false };
    let probe = Function { kind, attach, returns: None, calls: Vec::new() };
    let arguments = places(&OF_PROBES, Origin::UsdtArgument);
    vec![one, several, own(probe, arguments, of_task(walks), None)]
}

fn function(name: &str, attach: Attach, returns: Option<Attach>) -> Function {
    let kind = HookKind::Kprobe { function: name.to_owned() };
    Function { kind, attach, returns, calls: Vec::new() }
}

fn own(
    function: Function,
    arguments: Vec<Argument>,
    data: Vec<Argument>,
    returned: Option<Argument>,
) -> Point {
    Point { functions: vec![function], sharing: Sharing::Own, arguments, data, returned }
}

fn of_task(walks: &Walks) -> Vec<Argument> {
    let data = |(walk, reader): &(Walk, Reader)| argument(Origin::CurrentTask, Some(walk), *reader);
    walks.of_task.iter().map(data).collect()
}

fn of_registers() -> Vec<Argument> {
    let register = |(offset, bytes)| {
        let origin = Origin::Register { offset, bytes: u32::from(bytes) };
        argument(origin, None, integer(bytes, Signedness::Unsigned))
    };
    REGISTERS.map(register).into()
}

fn places(readers: &[Reader], origin: impl Fn(u32) -> Origin) -> Vec<Argument> {
    (0..).zip(readers).map(|(place, reader)| argument(origin(place), None, *reader)).collect()
}

fn argument(origin: Origin, walk: Option<&Walk>, reader: Reader) -> Argument {
    let memory = match (origin, walk) {
        (Origin::SyscallParameter(..), None) => Memory::Caller,
        _ => Memory::Either,
    };
    Argument {
        span: span(),
        name: None,
        type_: ArgumentType::Int,
        label: None,
        origin,
        walk: walk.cloned(),
        memory,
        reader,
    }
}

/// The reader, with a length that is a parameter of the system call, not of its function.
fn of_caller(reader: Reader, caller: Caller) -> Reader {
    let length = |length| match length {
        BufferLength::Number { origin: Origin::Parameter(place), bytes, signedness } => {
            let origin = Origin::SyscallParameter(place, caller);
            BufferLength::Number { origin, bytes, signedness }
        }
        BufferLength::Number { origin: Origin::Return { .. }, bytes, signedness } => {
            let origin = Origin::Return { parameters: 1 };
            BufferLength::Number { origin, bytes, signedness }
        }
        other @ (BufferLength::Number { .. } | BufferLength::Unknown) => other,
    };
    match reader {
        Reader::Buffer { length: from, moment } => Reader::Buffer { length: length(from), moment },
        Reader::Vectors { length: from, moment } => {
            Reader::Vectors { length: length(from), moment }
        }
        Reader::Structure(Structure::SockaddrUn { length: from }) => {
            Reader::Structure(Structure::SockaddrUn { length: length(from) })
        }
        other => other,
    }
}
