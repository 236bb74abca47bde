//! A value that a hook reads: where it is, and how it is read.

use super::Walk;
use crate::policy::ArgumentType;
use crate::source::Span;

/// An argument of a hook, an entry of its `data`, or its return value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    pub span: Span,
    /// What the kernel calls it, when it has a name.
    pub name: Option<String>,
    /// What events call its type. Never `auto`: that was resolved.
    pub type_: ArgumentType,
    pub label: Option<String>,
    pub origin: Origin,
    /// The way from there to what is read (`resolve`), when that is not the value itself.
    pub walk: Option<Walk>,
    /// Whose memory the value is in, when it is a pointer, and all that is read by way of it.
    pub memory: Memory,
    pub reader: Reader,
}

/// Which value of a hook a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArgumentId {
    /// Its place in [`super::Hook::arguments`].
    Argument(usize),
    /// Its place in [`super::Hook::data`].
    Data(usize),
    /// [`super::Hook::return_argument`].
    Return,
}

/// Where the 64 bits of a value are when the program starts. How they are got at depends on how the
/// program is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The function's parameter, or the raw tracepoint's argument, counted from 0.
    Parameter(u32),
    /// The system call's parameter, counted from 0, and whose registers carry it. The hooked function
    /// has one parameter, a pointer to them.
    SyscallParameter(u32, Caller),
    /// A field of a tracepoint's record.
    Field { offset: u32, bytes: u32 },
    /// What a function with this many parameters returned.
    Return { parameters: u32 },
    /// A pointer to the calling task's `task_struct`.
    CurrentTask,
    /// A register at the hook, of `bytes` bytes at `offset` in `struct pt_regs`.
    Register { offset: u32, bytes: u32 },
    /// The parameter of a hooked function of a program, counted from 0.
    UserParameter(u32),
    /// The argument of a USDT probe, counted from 0.
    UsdtArgument(u32),
}

/// Whose memory a pointer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Memory {
    /// The calling process's, which made the pointer. One that leads into the kernel's memory leads
    /// nowhere: a process may not have it shown, nor find out what is there by what matches.
    Caller,
    /// The kernel's or the calling process's, as the address tells: the kernel made the pointer, or
    /// passed it on after it had looked at it.
    Either,
}

/// Which programs make a system call: they pass its parameters in different registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// Those of 64 bits.
    Bits64,
    /// Those of 32 bits, and all that enter the kernel as such programs do.
    Bits32,
}

/// How the 64 bits become a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// It is not read at all (`nop`).
    Nothing,
    /// They are the value; `bytes` is 1, 2, 4 or 8, and the rest is ignored.
    Integer { bytes: u8, signedness: Signedness },
    /// `struct file *`: its path.
    File,
    /// `struct path *`: its path.
    Path,
    /// `struct linux_binprm *`: path of the file to be executed.
    Binprm,
    /// `struct filename *`: the name as the caller gave it.
    Filename,
    /// A file descriptor of the calling process: path of the open file.
    Descriptor,
    /// `char *`, up to a zero byte.
    Text,
    /// `char *` or `void *` with a length: as many bytes as that says.
    Buffer { length: BufferLength, moment: Moment },
    /// `struct iovec *` with a number of entries: the bytes that they point to, joined.
    Vectors { length: BufferLength, moment: Moment },
    /// A text whose place and length are in a tracepoint's record (`__data_loc char[]`).
    RecordText,
    /// An array of this many bytes: in a tracepoint's record, or at the end of a walk.
    Bytes { bytes: u32 },
    /// The number of a system call, with the bit that Tetragon sets for 32-bit calls.
    SyscallNumber,
    /// The number of one capability.
    Capability,
    /// A set of capabilities, of 64 bits.
    Capabilities(CapabilityWord),
    /// A structure of the kernel, of which events show some fields.
    Structure(Structure),
}

/// What says how long a buffer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BufferLength {
    /// The number of `bytes` bytes there: another argument, or what the call returns. A negative one
    /// means that there is nothing.
    Number { origin: Origin, bytes: u8, signedness: Signedness },
    /// Nothing does: no bytes are read then.
    Unknown,
}

/// When a buffer is read, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// When the hook is hit.
    Entry,
    /// When the hook is hit, and all of it (`maxData`).
    EntryInFull,
    /// When the call returns (`returnCopy`).
    Return,
}

/// Where a set of capabilities stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CapabilityWord {
    /// A `kernel_cap_t` that nothing says more about.
    Plain,
    Effective,
    Inheritable,
    Permitted,
}

/// A structure that is read through a pointer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Structure {
    /// `struct sk_buff`: addresses, ports, protocol.
    Skb,
    /// `struct sock`: addresses, ports, protocol, family, state.
    Sock,
    /// `struct socket`: the same, of its `sk`.
    Socket,
    /// `struct sockaddr`: family, and address and port of IP.
    Sockaddr,
    /// `struct sockaddr_un`: the path. Only the length tells where it ends.
    SockaddrUn { length: BufferLength },
    /// `struct cred`: user ids and capabilities.
    Cred,
    /// `union bpf_attr`: type and name of the program.
    BpfAttr,
    /// `struct bpf_map`
    BpfMap,
    /// `struct bpf_prog`
    BpfProg,
    /// `struct perf_event`: type, configuration and the probed function.
    PerfEvent,
    /// `struct user_namespace`
    UserNamespace,
    /// `struct kiocb`: the path of its file.
    Kiocb,
    /// `struct iov_iter`: the bytes that it covers.
    IovIter,
    /// `struct load_info`: the module's name and signature.
    LoadInfo,
    /// `struct module`: its name and what it taints.
    Module,
    /// `struct dentry`: the path.
    Dentry,
    /// `struct net_device`: the name.
    NetDevice,
}

impl Structure {
    /// What routines of the runtime library call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skb => "skb",
            Self::Sock => "sock",
            Self::Socket => "socket",
            Self::Sockaddr => "sockaddr",
            Self::SockaddrUn { .. } => "sockaddr_un",
            Self::Cred => "cred",
            Self::BpfAttr => "bpf_attr",
            Self::BpfMap => "bpf_map",
            Self::BpfProg => "bpf_prog",
            Self::PerfEvent => "perf_event",
            Self::UserNamespace => "user_namespace",
            Self::Kiocb => "kiocb",
            Self::IovIter => "iov_iter",
            Self::LoadInfo => "load_info",
            Self::Module => "module",
            Self::Dentry => "dentry",
            Self::NetDevice => "net_device",
        }
    }

    /// Whether events show it as one text.
    pub fn is_text(self) -> bool {
        match self {
            Self::SockaddrUn { .. }
            | Self::Kiocb
            | Self::IovIter
            | Self::Dentry
            | Self::NetDevice => true,
            Self::Skb
            | Self::Sock
            | Self::Socket
            | Self::Sockaddr
            | Self::Cred
            | Self::BpfAttr
            | Self::BpfMap
            | Self::BpfProg
            | Self::PerfEvent
            | Self::UserNamespace
            | Self::LoadInfo
            | Self::Module => false,
        }
    }

    /// Whether system calls take it as it is.
    pub fn comes_from_programs(self) -> bool {
        match self {
            Self::Sockaddr | Self::SockaddrUn { .. } | Self::BpfAttr => true,
            Self::Skb
            | Self::Sock
            | Self::Socket
            | Self::Cred
            | Self::BpfMap
            | Self::BpfProg
            | Self::PerfEvent
            | Self::UserNamespace
            | Self::Kiocb
            | Self::IovIter
            | Self::LoadInfo
            | Self::Module
            | Self::Dentry
            | Self::NetDevice => false,
        }
    }

    /// Whether it has addresses, ports and the like, as [`writ_bundle::record::connection`] lays
    /// them out.
    pub fn is_connection(self) -> bool {
        match self {
            Self::Skb | Self::Sock | Self::Socket | Self::Sockaddr => true,
            Self::SockaddrUn { .. }
            | Self::Cred
            | Self::BpfAttr
            | Self::BpfMap
            | Self::BpfProg
            | Self::PerfEvent
            | Self::UserNamespace
            | Self::Kiocb
            | Self::IovIter
            | Self::LoadInfo
            | Self::Module
            | Self::Dentry
            | Self::NetDevice => false,
        }
    }
}

/// Whether a number can be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signedness {
    Signed,
    Unsigned,
}

impl Reader {
    /// Whether the value is a socket, whose owner can be tracked.
    pub fn is_socket(self) -> bool {
        matches!(self, Self::Structure(Structure::Sock | Structure::Socket))
    }

    /// Whether the value is text that text patterns can be compared with.
    pub fn is_text(self) -> bool {
        match self {
            Self::File
            | Self::Path
            | Self::Binprm
            | Self::Filename
            | Self::Descriptor
            | Self::Text
            | Self::Buffer { .. }
            | Self::RecordText
            | Self::Structure(
                Structure::SockaddrUn { .. } | Structure::Dentry | Structure::NetDevice,
            ) => true,
            Self::Nothing
            | Self::Integer { .. }
            | Self::Vectors { .. }
            | Self::Bytes { .. }
            | Self::SyscallNumber
            | Self::Capability
            | Self::Capabilities(_)
            | Self::Structure(_) => false,
        }
    }

    /// Whether it begins with a pointer that only the kernel can make.
    pub fn is_of_kernel(self) -> bool {
        match self {
            Self::File | Self::Path | Self::Binprm | Self::Filename | Self::RecordText => true,
            Self::Structure(structure) => !structure.comes_from_programs(),
            Self::Nothing
            | Self::Integer { .. }
            | Self::Descriptor
            | Self::Text
            | Self::Buffer { .. }
            | Self::Vectors { .. }
            | Self::Bytes { .. }
            | Self::SyscallNumber
            | Self::Capability
            | Self::Capabilities(_) => false,
        }
    }

    /// Whether the value is read when the call returns.
    pub fn is_of_return(self) -> bool {
        matches!(
            self,
            Self::Buffer { moment: Moment::Return, .. }
                | Self::Vectors { moment: Moment::Return, .. }
        )
    }

    /// Where the length of a buffer is, when something tells it.
    pub fn length_origin(self) -> Option<Origin> {
        let (Self::Buffer { length, .. } | Self::Vectors { length, .. }) = self else {
            return None;
        };
        match length {
            BufferLength::Number { origin, .. } => Some(origin),
            BufferLength::Unknown => None,
        }
    }

    /// Whether the value is read into the event before anything can be asked about it. Other values
    /// are numbers, which a register holds.
    pub fn is_located(self) -> bool {
        self != Self::Nothing && self.number().is_none()
    }

    /// Whether what is compared can have zero bytes inside. Other texts end at the first.
    pub fn can_hold_zeros(self) -> bool {
        matches!(self, Self::Buffer { .. } | Self::Structure(Structure::IovIter))
    }

    /// How many of the low bytes are a number, and whether that has a sign.
    pub fn number(self) -> Option<(u8, Signedness)> {
        match self {
            Self::Integer { bytes, signedness } => Some((bytes, signedness)),
            Self::SyscallNumber | Self::Capabilities(_) => Some((8, Signedness::Unsigned)),
            Self::Capability => Some((4, Signedness::Signed)),
            Self::Nothing
            | Self::File
            | Self::Path
            | Self::Binprm
            | Self::Filename
            | Self::Descriptor
            | Self::Text
            | Self::Buffer { .. }
            | Self::Vectors { .. }
            | Self::RecordText
            | Self::Bytes { .. }
            | Self::Structure(_) => None,
        }
    }

    /// The smallest and largest value of a number or a set of bits.
    pub fn limits(self) -> Option<(i128, i128)> {
        // Of the number of a capability nothing is asked.
        let (bytes, signedness) = self.number().filter(|_| self != Self::Capability)?;
        let bits = u32::from(bytes) * 8;
        Some(match signedness {
            Signedness::Signed => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            Signedness::Unsigned => (0, (1 << bits) - 1),
        })
    }
}
