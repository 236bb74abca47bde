//! A value that a hook reads: where it is, and how it is read.

use crate::policy::ArgumentType;
use crate::source::Span;

/// An argument of a hook, or its return value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    pub span: Span,
    /// What the kernel calls it, when it has a name.
    pub name: Option<String>,
    /// What events call its type. Never `auto`: that was resolved.
    pub type_: ArgumentType,
    pub label: Option<String>,
    pub origin: Origin,
    pub reader: Reader,
}

/// Which argument of a hook a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArgumentId {
    /// Its place in [`super::Hook::arguments`].
    Argument(usize),
    /// [`super::Hook::return_argument`].
    Return,
}

/// Where the 64 bits of a value are when the program starts. How they are got at depends on how the
/// program is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The function's parameter, or the raw tracepoint's argument, counted from 0.
    Parameter(u32),
    /// The system call's parameter, counted from 0. The hooked function has one parameter, a
    /// pointer to the caller's registers.
    SyscallParameter(u32),
    /// A field of a tracepoint's record.
    Field { offset: u32, bytes: u32 },
    /// What a function with this many parameters returned.
    Return { parameters: u32 },
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
    /// `char *`, in the kernel's or the caller's memory, up to a zero byte.
    Text,
}

/// Whether a number can be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signedness {
    Signed,
    Unsigned,
}

impl Reader {
    /// Whether the value is text that text patterns can be compared with.
    pub fn is_text(self) -> bool {
        match self {
            Self::File
            | Self::Path
            | Self::Binprm
            | Self::Filename
            | Self::Descriptor
            | Self::Text => true,
            Self::Nothing | Self::Integer { .. } => false,
        }
    }

    /// The smallest and largest value of an integer.
    pub fn limits(self) -> Option<(i128, i128)> {
        let Self::Integer { bytes, signedness } = self else { return None };
        let bits = u32::from(bytes) * 8;
        Some(match signedness {
            Signedness::Signed => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            Signedness::Unsigned => (0, (1 << bits) - 1),
        })
    }
}
