//! Events as Tetragon's export writes them: one JSON object a line.
//!
//! The form is that of protobuf's JSON with `UseProtoNames` (`pkg/encoder/encoder.go`): names in
//! snake case, fields without a value left out, 64-bit integers as strings, wrapped values bare,
//! enums by name. The fields stand in the order of their numbers in `tetragon.proto`.

mod structure;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use super::argument::{self, Abi, CapabilitySet, Value};
use super::hook::{Action, Call, Labelled, Origin};
use super::signal_table::signal_name;
use super::{Body, Event, Frame, Stacks};
use crate::clock::Clock;
use crate::process_cache::{Key, Process, Shown};
use crate::workloads::ShownPod;
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
/// Never, as far as is known: all keys are strings and all values finite.
pub fn line(event: &Event, node: &Node) -> Result<String, serde_json::Error> {
    let process = ProcessForm::of(&event.process, Some(event.thread), node);
    let parent = event.parent.as_ref().map(|parent| ProcessForm::of(parent, None, node));
    let time = node.clock.monotonic(event.time);
    let mut response = Response { node_name: &node.name, time: &time, ..Response::default() };
    match &event.body {
        Body::Exec => response.process_exec = Some(ExecForm { process, parent }),
        Body::Exit { signal, status } => {
            let signal = exit_signal(*signal);
            let exit = ExitForm { process, parent, signal, status: *status, time: &time };
            response.process_exit = Some(exit);
        }
        Body::Hook(call) => response.put_call(call, process, parent),
    }
    serde_json::to_string(&response)
}

/// The name of the signal that ended a process, or nothing. Real-time signals have no name there.
pub(super) fn exit_signal(signal: u8) -> String {
    match signal {
        0 => String::new(),
        number => signal_name(number).map_or_else(|| format!("SIG{number}"), str::to_owned),
    }
}

#[derive(Debug, Default, Serialize)]
struct Response<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    process_exec: Option<ExecForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_exit: Option<ExitForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_kprobe: Option<KprobeForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_tracepoint: Option<TracepointForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_loader: Option<LoaderForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_uprobe: Option<UprobeForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_lsm: Option<LsmForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_usdt: Option<UsdtForm<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    node_name: &'a str,
    time: &'a str,
}

impl<'a> Response<'a> {
    fn put_call(
        &mut self,
        call: &'a Call,
        process: ProcessForm<'a>,
        parent: Option<ProcessForm<'a>>,
    ) {
        let args = call.arguments.iter().map(ArgumentForm::of).collect();
        let data = call.data.iter().map(ArgumentForm::of).collect();
        let action = call.action.map(Action::name);
        let (policy_name, message) = (call.policy.as_str(), call.message.as_deref());
        let tags = call.tags.as_slice();
        let stacks = StacksForm::of(&call.stacks);
        match &call.origin {
            Origin::Kprobe { function } => {
                let return_value = call.return_value.as_ref().map(ArgumentForm::of);
                self.process_kprobe = Some(KprobeForm {
                    process,
                    parent,
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
                });
            }
            Origin::Loader { build_id } => {
                let path = call.path().unwrap_or_default();
                let buildid = BASE64.encode(build_id);
                self.process_loader = Some(LoaderForm { process, path, buildid });
            }
            Origin::Lsm { hook } => {
                self.process_lsm = Some(LsmForm {
                    process,
                    parent,
                    function_name: hook,
                    policy_name,
                    message,
                    args,
                    action,
                    tags,
                    stacks,
                    data,
                });
            }
            Origin::Tracepoint { subsystem, event } => {
                self.process_tracepoint = Some(TracepointForm {
                    process,
                    parent,
                    subsys: subsystem,
                    event,
                    args,
                    policy_name,
                    action,
                    message,
                    tags,
                    stacks,
                    data,
                });
            }
            Origin::Uprobe { path, symbol, offset, reference_counter } => {
                let return_value = call.return_value.as_ref().map(ArgumentForm::of);
                self.process_uprobe = Some(UprobeForm {
                    process,
                    parent,
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
                });
            }
            Origin::Usdt { path, provider, name } => {
                self.process_usdt = Some(UsdtForm {
                    process,
                    parent,
                    path,
                    provider,
                    name,
                    policy_name,
                    message,
                    args,
                    tags,
                    action,
                    stacks,
                });
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct ExecForm<'a> {
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
}

#[derive(Debug, Serialize)]
struct ExitForm<'a> {
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
    #[serde(skip_serializing_if = "String::is_empty")]
    signal: String,
    #[serde(skip_serializing_if = "is_zero")]
    status: u8,
    time: &'a str,
}

#[derive(Debug, Serialize)]
struct LoaderForm<'a> {
    process: ProcessForm<'a>,
    path: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    buildid: String,
}

#[derive(Debug, Serialize)]
struct KprobeForm<'a> {
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
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
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
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
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
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
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
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
    process: ProcessForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ProcessForm<'a>>,
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
    #[serde(flatten)]
    stacks: StacksForm<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<ArgumentForm<'a>>,
}

#[derive(Debug, Serialize)]
struct ProcessForm<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    exec_id: Option<String>,
    pid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cwd: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    binary: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    arguments: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    flags: String,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pod: Option<&'a ShownPod>,
    #[serde(skip_serializing_if = "str::is_empty")]
    docker: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_exec_id: Option<String>,
    #[serde(skip_serializing_if = "is_zero_references")]
    refcnt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tid: Option<u32>,
}

impl<'a> ProcessForm<'a> {
    /// Of a process that nothing is known about, Tetragon reports the PID and the start alone
    /// (`GetProcessKprobe` in `pkg/grpc/tracing/tracing.go`).
    fn of(shown: &'a Shown, thread: Option<u32>, node: &Node) -> Self {
        let Shown { process, references } = shown;
        let program = process.program.as_ref();
        let text = |text: fn(&crate::process_cache::Program) -> &str| program.map_or("", text);
        Self {
            exec_id: program.map(|_| exec_id(&node.name, process.key)),
            pid: process.key.pid,
            uid: program.map(|program| program.user),
            cwd: text(|program| &program.directory),
            binary: text(|program| &program.binary),
            arguments: text(|program| &program.arguments),
            flags: flags(process),
            start_time: node.clock.monotonic(process.key.start),
            auid: program.map(|program| program.audit_user),
            pod: program.and_then(|program| program.pod.as_deref()),
            docker: text(|program| &program.container),
            parent_exec_id: has_parent(process).then(|| exec_id(&node.name, process.parent)),
            refcnt: *references,
            tid: program.map(|_| thread.unwrap_or(process.key.pid)),
        }
    }
}

fn has_parent(process: &Process) -> bool {
    process.program.is_some() && process.key != Key::KERNEL
}

/// `GetProcessID` in `pkg/process/process_id_linux.go`.
fn exec_id(node: &str, key: Key) -> String {
    BASE64.encode(format!("{node}:{}:{}", key.start, key.pid))
}

fn flags(process: &Process) -> String {
    let words: Vec<&str> = process.flags.iter().map(|flag| flag.word()).collect();
    words.join(" ")
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
fn is_zero_references(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero_id(value: &u32) -> bool {
    *value == 0
}
