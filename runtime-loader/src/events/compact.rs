//! Events as `tetra getevents -o compact` prints them: one short line for people.

use super::argument::{Abi, Value, name_in, name_of};
use super::bpf_table::{MAP_TYPES, PERF_TYPES, PROGRAM_TYPES};
use super::hook::{Call, Labelled, Origin};
use super::json::{Node, exit_signal};
use super::{Body, Event, Frame};
use writ_bundle::{PROTOCOLS, syscall_name};

/// Whether lines carry colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    On,
    Off,
}

/// Whether lines begin with the time of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timestamps {
    On,
    Off,
}

/// How lines look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: Color,
    pub timestamps: Timestamps,
}

/// The event as one line, without a line end; stack traces follow in lines of their own.
///
/// Text of processes is printed with control characters escaped: it can come from an attacker and
/// a terminal would obey it.
pub fn line(event: &Event, node: &Node, style: Style) -> String {
    let color = style.color;
    let Headline { emoji, word, rest } = headline(event, color);
    let what = color.blue(&format!("{emoji} {word:<7}"));
    let who = who(event, node, color);
    let text = if rest.is_empty() {
        format!("{what} {who}")
    } else {
        format!("{what} {who} {}", rest.join(" "))
    };
    let text = format!("{text}{}", stacks(event));
    match style.timestamps {
        Timestamps::On => format!("{} {text}", node.clock.monotonic_nine_digits(event.time)),
        Timestamps::Off => text,
    }
}

/// The stack traces, each frame in a line.
fn stacks(event: &Event) -> String {
    let Body::Hook(call) = &event.body else { return String::new() };
    let mut text = String::new();
    for (title, frames) in [("Kernel", &call.stacks.kernel), ("User", &call.stacks.user)] {
        if !frames.is_empty() {
            text.extend(["\n", title, ":"]);
        }
        for frame in frames {
            text.extend(["\n   ", &frame_words(frame)]);
        }
    }
    text
}

/// `0xffffffff8131a9d0: do_sys_open+0x1c`, and for programs the file.
fn frame_words(frame: &Frame) -> String {
    let Frame { address, offset, symbol, module } = frame;
    let mut words = Vec::new();
    if *address != 0 {
        words.push(format!("{address:#x}:"));
    }
    words.push(match (symbol.as_str(), module.as_str()) {
        ("", "") => String::new(),
        ("", module) => format!("{}+{offset:#x}", quote(module)),
        (symbol, "") => format!("{}+{offset:#x}", quote(symbol)),
        (symbol, module) => format!("{}+{offset:#x} ({})", quote(symbol), quote(module)),
    });
    words.join(" ")
}

/// What differs between events: what it is called, and what follows the process.
struct Headline {
    emoji: &'static str,
    word: String,
    /// Each preceded by a space, the empty ones too, as `tetra` prints them.
    rest: Vec<String>,
}

fn head<const N: usize>(emoji: &'static str, word: &str, rest: [String; N]) -> Headline {
    Headline { emoji, word: word.to_owned(), rest: rest.into() }
}

fn who(event: &Event, node: &Node, color: Color) -> String {
    let program = event.process.process.program.as_ref();
    let binary = quote(program.map_or("", |program| &program.binary));
    let pod = program.and_then(|program| program.pod.as_ref());
    let place = pod.map(|pod| format!("{}/{}", pod.namespace, pod.name));
    let place = place.as_deref().unwrap_or(&node.name);
    format!("{} {}", color.green(place), color.magenta(&binary))
}

fn headline(event: &Event, color: Color) -> Headline {
    let program = event.process.process.program.as_ref();
    let arguments = color.cyan(&quote(program.map_or("", |program| &program.arguments)));
    match &event.body {
        Body::Exec => head("🚀", "process", [arguments]),
        Body::Exit { signal: 0, status } => {
            head("💥", "exit", [arguments, color.red(&status.to_string())])
        }
        Body::Exit { signal, .. } => {
            head("💥", "exit", [arguments, color.red(&exit_signal(*signal))])
        }
        Body::Hook(call) => match &call.origin {
            Origin::Kprobe { function } => kprobe(function, call, color),
            Origin::Loader { build_id } => {
                let build_id = writ_bundle::hexadecimal(build_id.iter().copied());
                head("🧬", "loader", [build_id, quote(call.path().unwrap_or_default())])
            }
            Origin::Lsm { hook } => head("🔒", "LSM", [hook.clone()]),
            Origin::Tracepoint { subsystem, event } => tracepoint(subsystem, event, call),
            Origin::Uprobe { path, symbol, .. } => {
                head("🕵\u{fe0f}", "uprobe", [quote(path), quote(symbol)])
            }
            Origin::Usdt { path, provider, name } => {
                head("🕵\u{fe0f}", "usdt", [quote(path), quote(provider), quote(name)])
            }
        },
    }
}

/// The functions that `tetra` knows (`EventToString` in `pkg/encoder/encoder.go`), as far as this
/// engine reads their arguments.
fn kprobe(function: &str, call: &Call, color: Color) -> Headline {
    let arguments = Arguments { list: &call.arguments, color };
    match without_architecture(function) {
        "sys_write" => head("📝", "write", [arguments.file(0), arguments.bytes(2)]),
        "sys_read" => head("📚", "read", [arguments.file(0), arguments.bytes(2)]),
        "fd_install" => head("📬", "open", [arguments.file(1)]),
        // tetra prints these two with the emoji's variation selector.
        "sys_openat" => head("📬\u{fe0f}", "openat", [arguments.text(1)]),
        "sys_open" => head("📬\u{fe0f}", "open", [arguments.text(1)]),
        "sys_close" => head("📪", "close", [arguments.file(0)]),
        "sys_mount" => head("💾", "mount", [arguments.text(0), arguments.text(1)]),
        "sys_pivot_root" => head("💾", "pivot_root", [arguments.text(0), arguments.text(1)]),
        "sys_setuid" => head("🔑", "setuid", [arguments.number_text(0)]),
        "sys_clock_settime" => head("⏰", "clock_settime", []),
        "proc_exec_connector" => head("🔧", "proc_exec_connector", []),
        "sys_setns" => head("🔧", "setns", [arguments.namespace(1)]),
        "tcp_connect" => head("🔌", "connect", [arguments.connection(0)]),
        "tcp_close" => head("🧹", "close", [arguments.connection(0)]),
        "tcp_sendmsg" => {
            let bytes = format!("bytes {}", arguments.number(1));
            head("📤", "sendmsg", [arguments.connection(0), bytes])
        }
        "bpf_check" => head("🐝", "bpf_load", [arguments.program(0)]),
        "security_perf_event_alloc" => head("🐝", "perf_event_alloc", [arguments.perf_event(0)]),
        "security_bpf_map_alloc" | "security_bpf_map_create" => {
            head("🗺", "bpf_map_create", [arguments.map(0)])
        }
        "security_file_permission" => file_permission(&arguments),
        "security_mmap_file" => mmap_file(&arguments),
        "security_path_truncate" => match arguments.list {
            [] => head("❓", "security_path_truncate", [String::new()]),
            [..] => head("📝", "truncate", [arguments.file(0)]),
        },
        _ => head("❓", "syscall", [function.to_owned()]),
    }
}

fn without_architecture(function: &str) -> &str {
    ["__x64_", "__ia32_"]
        .iter()
        .find_map(|prefix| function.strip_prefix(prefix))
        .unwrap_or(function)
}

fn file_permission(arguments: &Arguments<'_>) -> Headline {
    const MAY_WRITE: i64 = 2;
    const MAY_READ: i64 = 4;
    if arguments.list.len() < 2 {
        return head("❓", "security_file_permission", [String::new()]);
    }
    match arguments.number(1) {
        MAY_WRITE => head("📝", "write", [arguments.file(0)]),
        MAY_READ => head("📚", "read", [arguments.file(0)]),
        _ => head("❓", "security_file_permission", [arguments.file(0)]),
    }
}

fn mmap_file(arguments: &Arguments<'_>) -> Headline {
    if arguments.list.len() < 2 {
        return head("❓", "security_mmap_file", [String::new()]);
    }
    let protection = arguments.number(1);
    let mut word = "mmap-".to_owned();
    word.extend(
        [(1, 'r'), (2, 'w'), (4, 'x')]
            .iter()
            .filter_map(|(bit, letter)| (protection & bit != 0).then_some(*letter)),
    );
    head("📝", &word, [arguments.file(0)])
}

fn tracepoint(subsystem: &str, event: &str, call: &Call) -> Headline {
    if (subsystem, event) != ("raw_syscalls", "sys_enter") {
        return head("⁉\u{fe0f}", "tracepoint", [subsystem.to_owned(), event.to_owned()]);
    }
    let number = match call.arguments.first().map(|argument| &argument.value) {
        Some(Value::Syscall { id, abi: Abi::X64 }) => Some(*id),
        Some(Value::Long(id)) => u32::try_from(*id).ok(),
        _ => None,
    };
    let name = number.and_then(syscall_name).unwrap_or("unknown");
    // tetra puts two spaces after this emoji.
    head("☎ ", "syscall", [name.to_owned()])
}

/// A call's arguments by position, as `tetra` picks them.
struct Arguments<'a> {
    list: &'a [Labelled],
    color: Color,
}

impl Arguments<'_> {
    fn value(&self, index: usize) -> Option<&Value> {
        self.list.get(index).map(|argument| &argument.value)
    }

    fn file(&self, index: usize) -> String {
        match self.value(index) {
            Some(Value::File(path) | Value::Path(path)) => self.color.cyan(&quote(&path.path)),
            _ => String::new(),
        }
    }

    fn text(&self, index: usize) -> String {
        match self.value(index) {
            Some(Value::Text(text)) => self.color.cyan(&quote(text)),
            _ => String::new(),
        }
    }

    /// `tcp 10.0.0.1:34965 -> 1.1.1.1:80`
    fn connection(&self, index: usize) -> String {
        let Some(Value::Sock(socket)) = self.value(index) else { return String::new() };
        let (Some(from), Some(to)) = (socket.source_address(), socket.destination_address()) else {
            return String::new();
        };
        let protocol = name_of(PROTOCOLS, socket.protocol.into());
        let protocol = protocol.trim_start_matches("IPPROTO_").to_lowercase();
        let (source, destination) = (socket.source_port, socket.destination_port);
        self.color.cyan(&format!("{protocol} {from}:{source} -> {to}:{destination}"))
    }

    fn program(&self, index: usize) -> String {
        let Some(Value::BpfAttribute(program) | Value::BpfProgram(program)) = self.value(index)
        else {
            return String::new();
        };
        let (type_, name) = (name_in(PROGRAM_TYPES, program.type_), quote(&program.name));
        format!("{type_} {name} instruction count {}", program.instructions)
    }

    fn perf_event(&self, index: usize) -> String {
        let Some(Value::PerfEvent(event)) = self.value(index) else { return String::new() };
        format!("{} {}", name_in(PERF_TYPES, event.type_), quote(&event.function))
    }

    fn map(&self, index: usize) -> String {
        let Some(Value::BpfMap(map)) = self.value(index) else { return String::new() };
        let (type_, name) = (name_in(MAP_TYPES, map.type_), quote(&map.name));
        let (key, value, most) = (map.key_size, map.value_size, map.max_entries);
        format!("{type_} {name} key size {key} value size {value} max entries {most}")
    }

    /// 0 when it is not a number, as protobuf's getters answer.
    fn number(&self, index: usize) -> i64 {
        match self.value(index) {
            Some(Value::Int(value)) => i64::from(*value),
            Some(Value::Uint(value)) => i64::from(*value),
            Some(Value::Long(value)) => *value,
            Some(Value::Size(value)) => i64::try_from(*value).unwrap_or(i64::MAX),
            _ => 0,
        }
    }

    fn number_text(&self, index: usize) -> String {
        match self.value(index) {
            Some(_) => self.color.cyan(&self.number(index).to_string()),
            None => String::new(),
        }
    }

    fn bytes(&self, index: usize) -> String {
        match self.value(index) {
            Some(_) => self.color.cyan(&format!("{} bytes", self.number(index))),
            None => String::new(),
        }
    }

    /// The kind of namespace that a `CLONE_NEW*` flag names.
    fn namespace(&self, index: usize) -> String {
        let name = match self.number(index) {
            _ if self.value(index).is_none() => "",
            0 => "any",
            0x80 => "time",
            0x0002_0000 => "mnt",
            0x0200_0000 => "cgroup",
            0x0400_0000 => "uts",
            0x0800_0000 => "ipc",
            0x1000_0000 => "user",
            0x2000_0000 => "pid",
            0x4000_0000 => "net",
            _ => "",
        };
        name.to_owned()
    }
}

/// Control characters as escapes.
fn quote(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().map(|one| if one.is_control() { escape(one) } else { one.to_string() }).collect()
}

fn escape(control: char) -> String {
    match control {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        other => format!("\\x{:02x}", u32::from(other)),
    }
}

impl Color {
    fn paint(self, code: u8, text: &str) -> String {
        match self {
            Self::On => format!("\x1b[{code}m{text}\x1b[0m"),
            Self::Off => text.to_owned(),
        }
    }

    fn red(self, text: &str) -> String {
        self.paint(31, text)
    }

    fn green(self, text: &str) -> String {
        self.paint(32, text)
    }

    fn blue(self, text: &str) -> String {
        self.paint(34, text)
    }

    fn magenta(self, text: &str) -> String {
        self.paint(35, text)
    }

    fn cyan(self, text: &str) -> String {
        self.paint(36, text)
    }
}
