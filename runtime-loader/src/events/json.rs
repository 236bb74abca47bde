//! Events as Tetragon's export writes them: one JSON object a line.
//!
//! The form is that of protobuf's JSON with `UseProtoNames` (`pkg/encoder/encoder.go`): names in
//! snake case, fields without a value left out, 64-bit integers as strings, wrapped values bare,
//! enums by name. The fields stand in the order of their numbers in `tetragon.proto`.

mod process;
mod structure;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use super::argument::{self, Abi, CapabilitySet, Value};
use super::hook::{Action, Call, Labelled, Origin};
use super::signal_table::signal_name;
use super::{Body, Event, Frame, Stacks};
use crate::clock::Clock;
use process::Printed;
use structure::{
    BpfMapForm, BpfProgramForm, CapabilityForm, CredentialsForm, DeviceForm, ModuleForm,
    PerfEventForm, SkbForm, SockForm, SockaddrForm, UnixAddressForm, UserNamespaceForm,
    hexadecimal,
};

/// What every event says about where it comes from.
#[derive(Debug, Clone)]
pub struct Node {
    /// `NODE_NAME`, else the host's name; also part of each `exec_id`.
    pub name: String,
    pub clock: Clock,
}

/// The event as one line, without a line end.
///
/// # Errors
///
/// As [`Printer::put`].
pub fn line(event: &Event, node: &Node) -> Result<String, serde_json::Error> {
    let mut line = Vec::new();
    Printer::new(node.clone()).put(event, &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// Prints events of one node. Processes are printed once and copied into each event.
#[derive(Debug)]
pub struct Printer {
    node: Node,
    processes: Printed,
}

impl Printer {
    /// A printer of events of this node.
    pub fn new(node: Node) -> Self {
        Self { node, processes: Printed::default() }
    }

    /// Where the events come from.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Appends an event as one line, without a line end.
    ///
    /// # Errors
    ///
    /// Never, as far as is known: all keys are strings and all values finite.
    pub fn put(&mut self, event: &Event, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let Self { node, processes } = self;
        to.extend(br#"{""#);
        to.extend(name(&event.body).as_bytes());
        to.extend(br#"":{"process":"#);
        processes.put(&event.process, Some(event.thread), node, to)?;
        if let Some(parent) = event.parent.as_ref().filter(|_| shows_parent(&event.body)) {
            to.extend(br#","parent":"#);
            processes.put(parent, None, node, to)?;
        }
        let time = node.clock.monotonic(event.time);
        match &event.body {
            Body::Exec => to.push(b'}'),
            Body::Exit { signal, status } => {
                let signal = exit_signal(*signal);
                put_rest(&ExitForm { signal, status: *status, time: &time }, to)?;
            }
            Body::Hook(call) => put_call(call, to)?,
        }
        put_rest(&EndForm { node_name: &node.name, time: &time }, to)
    }
}

/// What Tetragon calls the event.
fn name(body: &Body) -> &'static str {
    match body {
        Body::Exec => "process_exec",
        Body::Exit { .. } => "process_exit",
        Body::Hook(call) => match &call.origin {
            Origin::Kprobe { .. } => "process_kprobe",
            Origin::Loader { .. } => "process_loader",
            Origin::Lsm { .. } => "process_lsm",
            Origin::Tracepoint { .. } => "process_tracepoint",
            Origin::Uprobe { .. } => "process_uprobe",
            Origin::Usdt { .. } => "process_usdt",
        },
    }
}

/// Tetragon's `ProcessLoader` has no parent.
fn shows_parent(body: &Body) -> bool {
    match body {
        Body::Exec | Body::Exit { .. } => true,
        Body::Hook(call) => !matches!(call.origin, Origin::Loader { .. }),
    }
}

/// Appends the fields of an object to one that has fields and is not ended, and ends it.
fn put_rest(form: &impl Serialize, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let start = to.len();
    serde_json::to_writer(&mut *to, form)?;
    if to.get(start..) == Some(b"{}") {
        to.truncate(start);
        to.push(b'}');
    } else if let Some(brace) = to.get_mut(start) {
        *brace = b',';
    }
    Ok(())
}

/// The name of the signal that ended a process, or nothing. Real-time signals have no name there.
pub(super) fn exit_signal(signal: u8) -> String {
    match signal {
        0 => String::new(),
        number => signal_name(number).map_or_else(|| format!("SIG{number}"), str::to_owned),
    }
}

/// Appends what an event says of a call.
fn put_call(call: &Call, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let args = call.arguments.iter().map(ArgumentForm::of).collect();
    let data = call.data.iter().map(ArgumentForm::of).collect();
    let action = call.action.map(Action::name);
    let (policy_name, message) = (call.policy.as_str(), call.message.as_deref());
    let tags = call.tags.as_slice();
    let stacks = StacksForm::of(&call.stacks);
    match &call.origin {
        Origin::Kprobe { function } => {
            let return_value = call.return_value.as_ref().map(ArgumentForm::of);
            put_rest(
                &KprobeForm {
                    function_name: function,
                    args,
                    return_value,
                    action,
                    kernel_stack_trace: stacks.kernel_stack_trace,
                    policy_name,
                    return_action: call.return_action.map(Action::name),
                    message,
                    tags,
                    user_stack_trace: stacks.user_stack_trace,
                    data,
                },
                to,
            )
        }
        Origin::Loader { build_id } => {
            let path = call.path().unwrap_or_default();
            let buildid = BASE64.encode(build_id);
            put_rest(&LoaderForm { path, buildid }, to)
        }
        Origin::Lsm { hook } => put_rest(
            &LsmForm {
                function_name: hook,
                policy_name,
                message,
                args,
                action,
                tags,
                ima_hash: call.digest.as_deref(),
                stacks,
                data,
            },
            to,
        ),
        Origin::Tracepoint { subsystem, event } => put_rest(
            &TracepointForm {
                subsys: subsystem,
                event,
                args,
                policy_name,
                action,
                message,
                tags,
                stacks,
                data,
            },
            to,
        ),
        Origin::Uprobe { path, symbol, offset, reference_counter } => {
            let return_value = call.return_value.as_ref().map(ArgumentForm::of);
            put_rest(
                &UprobeForm {
                    path,
                    symbol,
                    policy_name,
                    message,
                    args,
                    tags,
                    offset: number(*offset),
                    ref_ctr_offset: number(*reference_counter),
                    action,
                    return_value,
                    return_action: call.return_action.map(Action::name),
                    data,
                    stacks,
                },
                to,
            )
        }
        Origin::Usdt { path, provider, name } => put_rest(
            &UsdtForm { path, provider, name, policy_name, message, args, tags, action, stacks },
            to,
        ),
    }
}

/// What stands after the event itself.
#[derive(Debug, Serialize)]
struct EndForm<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    node_name: &'a str,
    time: &'a str,
}

#[derive(Debug, Serialize)]
struct ExitForm<'a> {
    #[serde(skip_serializing_if = "String::is_empty")]
    signal: String,
    #[serde(skip_serializing_if = "is_zero")]
    status: u8,
    time: &'a str,
}

#[derive(Debug, Serialize)]
struct LoaderForm<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    buildid: String,
}

#[derive(Debug, Serialize)]
struct KprobeForm<'a> {
    function_name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<ArgumentForm<'a>>,
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    return_value: Option<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kernel_stack_trace: Vec<FrameForm<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_stack_trace: Vec<FrameForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<ArgumentForm<'a>>,
}

/// Both stack traces, where they stand side by side.
#[derive(Debug, Serialize)]
struct StacksForm<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kernel_stack_trace: Vec<FrameForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_stack_trace: Vec<FrameForm<'a>>,
}

impl<'a> StacksForm<'a> {
    fn of(stacks: &'a Stacks) -> Self {
        let frames = |frames: &'a [Frame]| frames.iter().map(FrameForm::of).collect();
        Self { kernel_stack_trace: frames(&stacks.kernel), user_stack_trace: frames(&stacks.user) }
    }
}

/// Tetragon's `StackTraceEntry`.
#[derive(Debug, Serialize)]
struct FrameForm<'a> {
    #[serde(skip_serializing_if = "String::is_empty")]
    address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    offset: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    symbol: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    module: &'a str,
}

impl<'a> FrameForm<'a> {
    fn of(frame: &'a Frame) -> Self {
        let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
        Self {
            address: number(frame.address),
            offset: number(frame.offset),
            symbol: &frame.symbol,
            module: &frame.module,
        }
    }
}

/// Tetragon has no stack traces at tracepoints and LSM hooks; here they come last.
#[derive(Debug, Serialize)]
struct TracepointForm<'a> {
    subsys: &'a str,
    event: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(flatten)]
    stacks: StacksForm<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<ArgumentForm<'a>>,
}

#[derive(Debug, Serialize)]
struct UprobeForm<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    symbol: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ref_ctr_offset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    return_value: Option<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_action: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<ArgumentForm<'a>>,
    #[serde(flatten)]
    stacks: StacksForm<'a>,
}

#[derive(Debug, Serialize)]
struct UsdtForm<'a> {
    path: &'a str,
    provider: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(flatten)]
    stacks: StacksForm<'a>,
}

/// A 64-bit number as protobuf's JSON has it: as a string, and left out when it is 0.
fn number(number: u64) -> Option<String> {
    (number != 0).then(|| number.to_string())
}

#[derive(Debug, Serialize)]
struct LsmForm<'a> {
    function_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<ArgumentForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ima_hash: Option<&'a str>,
    #[serde(flatten)]
    stacks: StacksForm<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<ArgumentForm<'a>>,
}

#[derive(Debug, Serialize)]
struct ArgumentForm<'a> {
    #[serde(flatten)]
    value: ValueForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum ValueForm<'a> {
    IntArg(i32),
    UintArg(u32),
    LongArg(String),
    SizeArg(String),
    StringArg(&'a str),
    BytesArg(String),
    TruncatedBytesArg {
        bytes_arg: String,
        orig_size: String,
    },
    SyscallId {
        #[serde(skip_serializing_if = "is_zero_id")]
        id: u32,
        abi: &'static str,
    },
    FileArg(PathForm<'a>),
    PathArg(PathForm<'a>),
    LinuxBinprmArg(PathForm<'a>),
    SockArg(SockForm),
    SkbArg(SkbForm),
    SockaddrArg(SockaddrForm),
    #[serde(rename = "sockaddrun_arg")]
    UnixAddressArg(UnixAddressForm<'a>),
    NetDevArg(DeviceForm<'a>),
    ProcessCredentialsArg(Box<CredentialsForm>),
    UserNsArg(UserNamespaceForm),
    CapabilityArg(CapabilityForm),
    KernelCapTArg(String),
    CapEffectiveArg(String),
    CapInheritableArg(String),
    CapPermittedArg(String),
    BpfAttrArg(BpfProgramForm<'a>),
    BpfProgArg(BpfProgramForm<'a>),
    BpfMapArg(BpfMapForm<'a>),
    BpfCmdArg(&'a str),
    PerfEventArg(PerfEventForm<'a>),
    ModuleArg(ModuleForm<'a>),
    ErrorArg {
        #[serde(rename = "Message")]
        message: &'static str,
    },
}

#[derive(Debug, Serialize)]
struct PathForm<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    flags: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    permission: &'a str,
}

impl<'a> ArgumentForm<'a> {
    fn of(argument: &'a Labelled) -> Self {
        Self { value: ValueForm::of(&argument.value), label: argument.label.as_deref() }
    }
}

impl<'a> ValueForm<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Int(value) => Self::IntArg(*value),
            Value::Uint(value) => Self::UintArg(*value),
            Value::Long(value) => Self::LongArg(value.to_string()),
            Value::Size(value) => Self::SizeArg(value.to_string()),
            Value::Text(text) => Self::StringArg(text),
            Value::Bytes { bytes, all: None } => Self::BytesArg(BASE64.encode(bytes)),
            Value::Bytes { bytes, all: Some(all) } => Self::TruncatedBytesArg {
                bytes_arg: BASE64.encode(bytes),
                orig_size: all.to_string(),
            },
            Value::Syscall { id, abi } => Self::SyscallId { id: *id, abi: abi_name(*abi) },
            Value::File(path) => Self::FileArg(PathForm::of(path)),
            Value::Path(path) => Self::PathArg(PathForm::of(path)),
            Value::Binprm(path) => Self::LinuxBinprmArg(PathForm::of(path)),
            Value::Sock(from) => Self::SockArg(SockForm::of(from)),
            Value::Skb(from) => Self::SkbArg(SkbForm::of(from)),
            Value::Sockaddr(from) => Self::SockaddrArg(SockaddrForm::of(from)),
            Value::UnixAddress { family, path } => {
                Self::UnixAddressArg(UnixAddressForm::of(*family, path))
            }
            Value::Device(name) => Self::NetDevArg(DeviceForm { name }),
            Value::Credentials(from) => {
                Self::ProcessCredentialsArg(Box::new(CredentialsForm::of(from)))
            }
            Value::UserNamespace(from) => Self::UserNsArg(UserNamespaceForm::of(*from)),
            Value::Capability(value) => Self::CapabilityArg(CapabilityForm::of(*value)),
            Value::Capabilities { set, bits } => {
                let text = hexadecimal(*bits);
                match set {
                    CapabilitySet::Plain => Self::KernelCapTArg(text),
                    CapabilitySet::Effective => Self::CapEffectiveArg(text),
                    CapabilitySet::Inheritable => Self::CapInheritableArg(text),
                    CapabilitySet::Permitted => Self::CapPermittedArg(text),
                }
            }
            Value::BpfAttribute(from) => Self::BpfAttrArg(BpfProgramForm::of(from)),
            Value::BpfProgram(from) => Self::BpfProgArg(BpfProgramForm::of(from)),
            Value::BpfMap(from) => Self::BpfMapArg(BpfMapForm::of(from)),
            Value::BpfCommand(name) => Self::BpfCmdArg(name),
            Value::PerfEvent(from) => Self::PerfEventArg(PerfEventForm::of(from)),
            Value::Module(from) => Self::ModuleArg(ModuleForm::of(from)),
            Value::Unreadable(message) => Self::ErrorArg { message },
        }
    }
}

impl<'a> PathForm<'a> {
    fn of(path: &'a argument::Path) -> Self {
        Self { path: &path.path, flags: path.flags, permission: &path.permission }
    }
}

fn abi_name(abi: Abi) -> &'static str {
    match abi {
        Abi::X64 => "x64",
        Abi::I386 => "i386",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero_id(value: &u32) -> bool {
    *value == 0
}
