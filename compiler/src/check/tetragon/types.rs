//! What Tetragon makes of an argument's type: how its values are written down and compared.

use crate::policy::ArgumentType;

/// How Tetragon compares values of a type (`ParseMatchArg` in `pkg/selectors/kernel.go`,
/// `filter_arg` in `bpf/process/types/basic.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Number(Number),
    /// Compared as a text.
    Text,
    /// Something with addresses and ports.
    Network,
    /// A set of capabilities.
    Capabilities,
    /// Not compared at all.
    Other,
}

/// A number, as Tetragon sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Bits of the kernel's value.
    pub(super) bits: u32,
    /// Whether the kernel's value has a sign.
    pub(super) signed: bool,
    /// Bits that values in a policy are written down with: 32 or 64.
    pub(super) written: u32,
    /// Whether values in a policy may be negative.
    pub(super) negative: bool,
    /// Whether the comparison knows the sign.
    pub(super) compared_signed: bool,
}

impl Number {
    /// Least and greatest value that the kernel's can have.
    pub(super) fn limits(self) -> (i128, i128) {
        if self.signed {
            (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
        } else {
            (0, (1 << self.bits) - 1)
        }
    }

    /// Least and greatest value that a policy may compare with.
    pub(super) fn writable(self) -> (i128, i128) {
        if self.negative {
            (-(1 << (self.written - 1)), (1 << (self.written - 1)) - 1)
        } else {
            (0, (1 << self.written) - 1)
        }
    }
}

/// How Tetragon compares values of `type_`.
pub(super) fn class(type_: ArgumentType) -> Class {
    use ArgumentType as T;
    match type_ {
        T::Int | T::Sint32 | T::Int32 | T::BpfCmd => number(32, true, 32, true, true),
        T::Sint16 | T::Int16 => number(16, true, 32, true, false),
        T::Sint8 | T::Int8 => number(8, true, 32, true, false),
        T::Uint8 => number(8, false, 32, false, false),
        T::Uint16 => number(16, false, 32, false, false),
        T::Uint32 => number(32, false, 32, false, false),
        T::SizeT => number(64, false, 32, true, false),
        T::Ulong | T::Uint64 => number(64, false, 64, false, false),
        T::Long | T::Sint64 | T::Int64 => number(64, true, 64, true, true),
        T::Syscall64 => number(64, true, 64, true, false),
        T::String
        | T::CharBuf
        | T::Fd
        | T::File
        | T::Path
        | T::Dentry
        | T::LinuxBinprm
        | T::DataLoc
        | T::NetDevice
        | T::SockaddrUn => Class::Text,
        T::Sock | T::Socket | T::Skb | T::Sockaddr => Class::Network,
        T::KernelCapT | T::CapInheritable | T::CapPermitted | T::CapEffective => {
            Class::Capabilities
        }
        T::Filename
        | T::Cred
        | T::Kiocb
        | T::IovIter
        | T::Module
        | T::LoadInfo
        | T::BpfAttr
        | T::BpfMap
        | T::BpfProg
        | T::PerfEvent
        | T::UserNamespace
        | T::Capability
        | T::ConstBuf
        | T::CharIovec
        | T::Nop => Class::Other,
    }
}

const fn number(
    bits: u32,
    signed: bool,
    written: u32,
    negative: bool,
    compared_signed: bool,
) -> Class {
    Class::Number(Number { bits, signed, written, negative, compared_signed })
}

/// Whether Tetragon prints values of a type as text that may be long.
pub(super) fn is_buffer(type_: ArgumentType) -> bool {
    matches!(type_, ArgumentType::CharBuf | ArgumentType::CharIovec)
}

/// Whether Tetragon's small programs can compare values of a type.
pub(super) fn needs_large_programs(type_: ArgumentType) -> bool {
    matches!(class(type_), Class::Number(number) if number.bits < 32)
}
