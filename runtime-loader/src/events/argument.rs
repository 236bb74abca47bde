//! Which form of Tetragon's `KprobeArgument` an argument takes, by its type in the policy.

mod structure;

use writ_bundle::record::connection::Connection;
use writ_bundle::record::{Item, status};

pub use structure::{BpfMap, BpfProgram, Credentials, Module, PerfEvent, UserNamespace};

use super::bpf_table::COMMANDS;

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `int_arg`: signed, up to 32 bits.
    Int(i32),
    /// `uint_arg`: unsigned, up to 32 bits.
    Uint(u32),
    /// `long_arg`: signed, 64 bits.
    Long(i64),
    /// `size_arg`: unsigned, 64 bits.
    Size(u64),
    /// `string_arg`.
    Text(String),
    /// `bytes_arg`; `truncated_bytes_arg` when there were more bytes than were read.
    Bytes { bytes: Vec<u8>, all: Option<u32> },
    /// `syscall_id`.
    Syscall { id: u32, abi: Abi },
    /// `file_arg`.
    File(Path),
    /// `path_arg`.
    Path(Path),
    /// `linux_binprm_arg`.
    Binprm(Path),
    /// `sock_arg`; nothing is known of a socket without a `sock`.
    Sock(Connection),
    /// `skb_arg`.
    Skb(Connection),
    /// `sockaddr_arg`.
    Sockaddr(Connection),
    /// `sockaddrun_arg`.
    UnixAddress { family: u32, path: String },
    /// `net_dev_arg`.
    Device(String),
    /// `process_credentials_arg`.
    Credentials(Credentials),
    /// `user_ns_arg`.
    UserNamespace(UserNamespace),
    /// `capability_arg`.
    Capability(i32),
    /// `kernel_cap_t_arg`, `cap_effective_arg` and so on.
    Capabilities { set: CapabilitySet, bits: u64 },
    /// `bpf_attr_arg`.
    BpfAttribute(BpfProgram),
    /// `bpf_prog_arg`.
    BpfProgram(BpfProgram),
    /// `bpf_map_arg`.
    BpfMap(BpfMap),
    /// `bpf_cmd_arg`.
    BpfCommand(String),
    /// `perf_event_arg`.
    PerfEvent(PerfEvent),
    /// `module_arg`.
    Module(Module),
    /// `error_arg`: the argument could not be read; why.
    Unreadable(&'static str),
}

/// A file as an argument shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    pub path: String,
    /// `unresolvedPathComponents` or nothing.
    pub flags: &'static str,
    /// As `ls -l` prints it, or nothing.
    pub permission: String,
}

/// Where a set of capabilities stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapabilitySet {
    Plain,
    Effective,
    Inheritable,
    Permitted,
}

/// Whose system call numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    X64,
    I386,
}

/// How bytes of an item become a value.
#[derive(Debug, Clone, Copy)]
enum Form {
    Int,
    Uint,
    Long,
    Size,
    Text,
    Bytes,
    Syscall,
    File,
    Path,
    Binprm,
    Sock,
    Skb,
    Sockaddr,
    UnixAddress,
    Device,
    Credentials,
    UserNamespace,
    Capability,
    Capabilities(CapabilitySet),
    BpfAttribute,
    BpfProgram,
    BpfMap,
    BpfCommand,
    PerfEvent,
    Module,
    /// Named so that others can be counted on; it has no value.
    Nothing,
}

/// Types of TracingPolicy. Those that are not here have no form yet and are reported as unreadable.
const FORMS: &[(&str, Form)] = &[
    ("int", Form::Int),
    ("sint8", Form::Int),
    ("int8", Form::Int),
    ("sint16", Form::Int),
    ("int16", Form::Int),
    ("sint32", Form::Int),
    ("int32", Form::Int),
    ("uint", Form::Uint),
    ("uint8", Form::Uint),
    ("uint16", Form::Uint),
    ("uint32", Form::Uint),
    ("long", Form::Long),
    ("sint64", Form::Long),
    ("int64", Form::Long),
    ("ulong", Form::Size),
    ("uint64", Form::Size),
    ("size_t", Form::Size),
    ("syscall64", Form::Syscall),
    ("string", Form::Text),
    ("filename", Form::Text),
    ("data_loc", Form::Text),
    ("char_buf", Form::Bytes),
    ("char_iovec", Form::Bytes),
    ("const_buf", Form::Bytes),
    ("iov_iter", Form::Bytes),
    ("file", Form::File),
    ("fd", Form::File),
    ("kiocb", Form::File),
    ("path", Form::Path),
    ("dentry", Form::Path),
    ("linux_binprm", Form::Binprm),
    ("sock", Form::Sock),
    ("socket", Form::Sock),
    ("skb", Form::Skb),
    ("sockaddr", Form::Sockaddr),
    ("sockaddr_un", Form::UnixAddress),
    ("net_device", Form::Device),
    ("cred", Form::Credentials),
    ("user_namespace", Form::UserNamespace),
    ("capability", Form::Capability),
    ("kernel_cap_t", Form::Capabilities(CapabilitySet::Plain)),
    ("cap_effective", Form::Capabilities(CapabilitySet::Effective)),
    ("cap_inheritable", Form::Capabilities(CapabilitySet::Inheritable)),
    ("cap_permitted", Form::Capabilities(CapabilitySet::Permitted)),
    ("bpf_attr", Form::BpfAttribute),
    ("bpf_prog", Form::BpfProgram),
    ("bpf_map", Form::BpfMap),
    ("bpf_cmd", Form::BpfCommand),
    ("perf_event", Form::PerfEvent),
    ("module", Form::Module),
    ("load_info", Form::Module),
    ("nop", Form::Nothing),
];

/// The value of `item` as an argument of the type `type_`; `None` when it has none to show.
pub fn value(type_: &str, item: Option<&Item<'_>>) -> Option<Value> {
    let form = FORMS.iter().find(|(name, _)| *name == type_).map(|(_, form)| *form);
    let Some(form) = form else {
        return Some(Value::Unreadable("the loader cannot show this type"));
    };
    if matches!(form, Form::Nothing) {
        return None;
    }
    let Some(item) = item else { return Some(Value::Unreadable("the argument was not sent")) };
    if item.status == status::UNREADABLE {
        return Some(Value::Unreadable("the argument could not be read"));
    }
    Some(read(form, item))
}

fn read(form: Form, item: &Item<'_>) -> Value {
    match form {
        Form::Int => number(item, |bits| Value::Int(low_half(bits).cast_signed())),
        Form::Uint => number(item, |bits| Value::Uint(low_half(bits))),
        Form::Long => number(item, |bits| Value::Long(bits.cast_signed())),
        Form::Size => number(item, Value::Size),
        Form::Syscall => number(item, syscall),
        Form::Text => Value::Text(text(item)),
        Form::Bytes => bytes(item),
        Form::File => Value::File(path(item)),
        Form::Path => Value::Path(path(item)),
        Form::Binprm => Value::Binprm(path(item)),
        Form::Sock => connection(item, Value::Sock),
        Form::Skb => connection(item, Value::Skb),
        Form::Sockaddr => connection(item, Value::Sockaddr),
        Form::UnixAddress => Value::UnixAddress { family: item.flags, path: text(item) },
        Form::Device => Value::Device(text(item)),
        Form::Credentials => known(structure::credentials(item), Value::Credentials),
        Form::UserNamespace => known(structure::user_namespace(item), Value::UserNamespace),
        Form::Capability => number(item, |bits| Value::Capability(low_half(bits).cast_signed())),
        Form::Capabilities(set) => number(item, |bits| Value::Capabilities { set, bits }),
        Form::BpfAttribute => known(structure::bpf_program(item), Value::BpfAttribute),
        Form::BpfProgram => known(structure::bpf_program(item), Value::BpfProgram),
        Form::BpfMap => known(structure::bpf_map(item), Value::BpfMap),
        Form::BpfCommand => {
            number(item, |bits| Value::BpfCommand(name_in(COMMANDS, low_half(bits))))
        }
        Form::PerfEvent => known(structure::perf_event(item), Value::PerfEvent),
        Form::Module => known(structure::module(item), Value::Module),
        Form::Nothing => Value::Unreadable("the argument has no value"),
    }
}

fn bytes(item: &Item<'_>) -> Value {
    let is_cut = item.status == status::TRUNCATED;
    Value::Bytes { bytes: item.payload.to_vec(), all: is_cut.then_some(item.flags) }
}

fn number(item: &Item<'_>, form: impl FnOnce(u64) -> Value) -> Value {
    match item.payload.try_into() {
        Ok(bytes) => form(u64::from_le_bytes(bytes)),
        Err(_) => Value::Unreadable("a number has 8 bytes, and this one does not"),
    }
}

/// A socket that has no `sock` yet is shown as one of which nothing is known.
fn connection(item: &Item<'_>, form: impl FnOnce(Connection) -> Value) -> Value {
    if item.status == status::ABSENT {
        return form(Connection::default());
    }
    known(Connection::parse(item.payload), form)
}

fn known<T>(parsed: Option<T>, form: impl FnOnce(T) -> Value) -> Value {
    parsed.map_or(Value::Unreadable("the argument is shorter than its type"), form)
}

/// The name that a table gives a number, or the number.
pub(super) fn name_of(table: &[(&str, u32)], number: u32) -> String {
    let named = table.iter().find(|(_, known)| *known == number);
    named.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}

/// The name at a place of a table, or the place.
pub(super) fn name_in(table: &[&str], place: u32) -> String {
    let name = usize::try_from(place).ok().and_then(|place| table.get(place));
    name.map_or_else(|| place.to_string(), |name| (*name).to_owned())
}

fn low_half(bits: u64) -> u32 {
    let [a, b, c, d, ..] = bits.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Bit 31 marks a call through the 32-bit entry (`parseSyscall64Value` in
/// `pkg/sensors/tracing/syscall64.go`).
fn syscall(bits: u64) -> Value {
    const COMPATIBLE: u32 = 1 << 31;
    let id = low_half(bits);
    let abi = if id & COMPATIBLE == 0 { Abi::X64 } else { Abi::I386 };
    Value::Syscall { id: id & !COMPATIBLE, abi }
}

fn path(item: &Item<'_>) -> Path {
    let flags = if item.status == status::TRUNCATED { "unresolvedPathComponents" } else { "" };
    Path { path: text(item), flags, permission: permission(item.mode) }
}

fn text(item: &Item<'_>) -> String {
    String::from_utf8_lossy(item.payload).into_owned()
}

/// The mode as `ls -l` prints it; nothing for a mode of 0 (`FilePathModeToStr` in
/// `pkg/reader/path/path.go`).
fn permission(mode: u32) -> String {
    if mode == 0 {
        return String::new();
    }
    let mut text = String::with_capacity(10);
    text.extend(match mode & 0o170_000 {
        0o060_000 => Some('b'),
        0o020_000 => Some('c'),
        0o040_000 => Some('d'),
        0o010_000 => Some('p'),
        0o120_000 => Some('l'),
        0o100_000 => Some('-'),
        0o140_000 => Some('s'),
        _ => None,
    });
    for (shift, special, mark) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (bits & 1 == 0, mode & special == 0) {
            (true, true) => '-',
            (false, true) => 'x',
            (true, false) => mark.to_ascii_uppercase(),
            (false, false) => mark,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(payload: &[u8]) -> Item<'_> {
        Item { id: 1, status: status::READ, flags: 0, mode: 0o100_644, payload }
    }

    #[test]
    fn each_type_has_tetragons_form() {
        let minus_two = (-2i64).to_le_bytes();
        for (type_, expected) in [
            ("int", Value::Int(-2)),
            ("sint16", Value::Int(-2)),
            ("uint32", Value::Uint(4_294_967_294)),
            ("long", Value::Long(-2)),
            ("size_t", Value::Size(u64::MAX - 1)),
        ] {
            assert_eq!(value(type_, Some(&item(&minus_two))), Some(expected), "{type_}");
        }
        let file = Path { path: "/x".into(), flags: "", permission: "-rw-r--r--".into() };
        for (type_, expected) in [
            ("string", Value::Text("/x".into())),
            ("fd", Value::File(file.clone())),
            ("path", Value::Path(file.clone())),
            ("linux_binprm", Value::Binprm(file)),
        ] {
            assert_eq!(value(type_, Some(&item(b"/x"))), Some(expected), "{type_}");
        }
    }

    #[test]
    fn a_call_through_the_32_bit_entry_is_marked() {
        let bits = (1u64 << 31 | 5).to_le_bytes();
        let expected = Value::Syscall { id: 5, abi: Abi::I386 };
        assert_eq!(value("syscall64", Some(&item(&bits))), Some(expected));
    }

    #[test]
    fn what_cannot_be_read_says_so_and_what_has_no_value_is_left_out() {
        let unreadable = Item { status: status::UNREADABLE, ..item(b"") };
        for (type_, item) in [
            ("file", Some(&unreadable)),
            ("int", None),
            ("int", Some(&item(b"abc"))),
            ("skb", None),
            ("sock", Some(&item(b"abc"))),
        ] {
            assert!(matches!(value(type_, item), Some(Value::Unreadable(_))), "{type_}");
        }
        assert_eq!(value("nop", Some(&item(b""))), None);
    }

    #[test]
    fn permissions_are_printed_as_ls_prints_them() {
        for (mode, text) in [
            (0o100_644, "-rw-r--r--"),
            (0o040_755, "drwxr-xr-x"),
            (0o104_755, "-rwsr-xr-x"),
            (0o041_777, "drwxrwxrwt"),
            (0o102_640, "-rw-r-S---"),
            (0o140_000, "s---------"),
            (0, ""),
        ] {
            assert_eq!(permission(mode), text);
        }
    }
}
