//! Which of TracingPolicy's types fit a type of the kernel, and how a value is then read.

use crate::kernel::Shape;
use crate::policy::ArgumentType;
use crate::resolved::{BufferLength, CapabilityWord, Moment, Reader, Signedness, Structure};

/// Whether a declared type fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It does.
    Fits(Reader),
    /// It can be read, but some values look different from what the kernel means; the text says
    /// which, as a clause that fits behind "so".
    Differs(Reader, &'static str),
    /// What would be read is not there.
    Unfit,
}

/// How a value is read, by its declared type alone.
enum Class {
    Nothing,
    Integer {
        bytes: u8,
        signedness: Signedness,
    },
    Descriptor,
    Text,
    Structure {
        name: &'static str,
        reader: Reader,
    },
    /// A pointer to `struct sockaddr`, also where it is declared as one of its kinds.
    UnixAddress,
    Attributes,
    Buffer,
    Capabilities(CapabilityWord),
    Capability,
    SyscallNumber,
    RecordText,
    RecordBytes,
}

/// Whether `declared` fits what the kernel has; `None` when nothing tells what it has.
///
/// `text` is its type in C, which tells what its shape does not.
pub(super) fn fit(declared: ArgumentType, shape: Option<Shape<'_>>, text: &str) -> Fit {
    let if_ = |fits: bool, reader| if fits { Fit::Fits(reader) } else { Fit::Unfit };
    match class(declared) {
        Class::Nothing => Fit::Fits(Reader::Nothing),
        Class::UnixAddress => {
            let names = ["sockaddr_un", "sockaddr"];
            if_(is_pointer_to(shape, &names), UNIX_ADDRESS)
        }
        Class::Attributes => {
            let is_it = shape == Some(Shape::PointerToUnion { name: "bpf_attr" });
            if_(is_it, Reader::Structure(Structure::BpfAttr))
        }
        Class::Buffer => {
            let is_memory = matches!(
                shape,
                None | Some(Shape::PointerToChar | Shape::PointerToVoid | Shape::Pointer)
            );
            if_(is_memory, BUFFER)
        }
        Class::Capabilities(word) => {
            if_(shape.is_none() || text.contains("kernel_cap_t"), Reader::Capabilities(word))
        }
        Class::Capability => match shape {
            None | Some(Shape::Integer { bytes: 4 | 8, .. }) => Fit::Fits(Reader::Capability),
            Some(_) => Fit::Unfit,
        },
        Class::SyscallNumber => match shape {
            None | Some(Shape::Integer { bytes: 8, .. }) => Fit::Fits(Reader::SyscallNumber),
            Some(_) => Fit::Unfit,
        },
        Class::RecordText => if_(text.starts_with("__data_loc"), Reader::RecordText),
        Class::RecordBytes => match shape {
            Some(Shape::Array { count }) => Fit::Fits(Reader::Bytes { bytes: count }),
            None => Fit::Fits(Reader::Bytes { bytes: 0 }),
            Some(_) => Fit::Unfit,
        },
        Class::Integer { bytes, signedness } => integer(declared, bytes, signedness, shape),
        Class::Descriptor => match shape {
            None | Some(Shape::Integer { bytes: 4 | 8, .. }) => Fit::Fits(Reader::Descriptor),
            Some(_) => Fit::Unfit,
        },
        Class::Text => match shape {
            None | Some(Shape::PointerToChar) => Fit::Fits(Reader::Text),
            Some(Shape::PointerToVoid) => {
                Fit::Differs(Reader::Text, "what it points to need not be text")
            }
            Some(_) => Fit::Unfit,
        },
        Class::Structure { name, reader } => match shape {
            Some(Shape::PointerToStruct { name: found }) if found == name => Fit::Fits(reader),
            // In a register, or in a program whose types are not known.
            None if text.is_empty() => Fit::Fits(reader),
            Some(_) | None => Fit::Unfit,
        },
    }
}

/// A buffer of which nothing said yet how long it is.
const UNIX_ADDRESS: Reader =
    Reader::Structure(Structure::SockaddrUn { length: BufferLength::Unknown });

const BUFFER: Reader = Reader::Buffer { length: BufferLength::Unknown, moment: Moment::Entry };

fn is_pointer_to(shape: Option<Shape<'_>>, names: &[&str]) -> bool {
    matches!(shape, Some(Shape::PointerToStruct { name }) if names.contains(&name))
}

/// The type that fits what the kernel has, for `auto` and for advice.
pub(super) fn natural(shape: Shape<'_>, text: &str) -> Option<ArgumentType> {
    match shape {
        Shape::Integer { bytes: 8, signed: false } if text == "size_t" => Some(ArgumentType::SizeT),
        Shape::Integer { bytes, signed } | Shape::Enum { bytes, signed, .. } => {
            match (bytes, signed) {
                (1, true) => Some(ArgumentType::Int8),
                (1, false) => Some(ArgumentType::Uint8),
                (2, true) => Some(ArgumentType::Int16),
                (2, false) => Some(ArgumentType::Uint16),
                (4, true) => Some(ArgumentType::Int),
                (4, false) => Some(ArgumentType::Uint32),
                (8, true) => Some(ArgumentType::Int64),
                (8, false) => Some(ArgumentType::Uint64),
                _ => None,
            }
        }
        Shape::PointerToChar => Some(ArgumentType::String),
        Shape::PointerToStruct { name } => match name {
            "file" => Some(ArgumentType::File),
            "path" => Some(ArgumentType::Path),
            "linux_binprm" => Some(ArgumentType::LinuxBinprm),
            "filename" => Some(ArgumentType::Filename),
            "sk_buff" => Some(ArgumentType::Skb),
            "sock" => Some(ArgumentType::Sock),
            "socket" => Some(ArgumentType::Socket),
            "sockaddr" => Some(ArgumentType::Sockaddr),
            "sockaddr_un" => Some(ArgumentType::SockaddrUn),
            "cred" => Some(ArgumentType::Cred),
            "bpf_map" => Some(ArgumentType::BpfMap),
            "bpf_prog" => Some(ArgumentType::BpfProg),
            "perf_event" => Some(ArgumentType::PerfEvent),
            "user_namespace" => Some(ArgumentType::UserNamespace),
            "kiocb" => Some(ArgumentType::Kiocb),
            "iov_iter" => Some(ArgumentType::IovIter),
            "load_info" => Some(ArgumentType::LoadInfo),
            "module" => Some(ArgumentType::Module),
            "dentry" => Some(ArgumentType::Dentry),
            "net_device" => Some(ArgumentType::NetDevice),
            _ if text.contains("kernel_cap_t") => Some(ArgumentType::KernelCapT),
            _ => None,
        },
        Shape::PointerToUnion { name: "bpf_attr" } => Some(ArgumentType::BpfAttr),
        Shape::Array { .. } => Some(ArgumentType::ConstBuf),
        Shape::Other if text.starts_with("__data_loc") => Some(ArgumentType::DataLoc),
        Shape::Void
        | Shape::PointerToUnion { .. }
        | Shape::PointerToVoid
        | Shape::Pointer
        | Shape::Struct { .. }
        | Shape::Union { .. }
        | Shape::Float { .. }
        | Shape::Other => None,
    }
}

fn integer(
    declared: ArgumentType,
    bytes: u8,
    signedness: Signedness,
    shape: Option<Shape<'_>>,
) -> Fit {
    let as_declared = Reader::Integer { bytes, signedness };
    match shape {
        None => Fit::Fits(as_declared),
        Some(
            Shape::Integer { bytes: found @ (1 | 2 | 4 | 8), signed }
            | Shape::Enum { bytes: found @ (1 | 2 | 4 | 8), signed, .. },
        ) => among_integers(declared, bytes, signedness, found, signed),
        Some(
            Shape::PointerToStruct { .. }
            | Shape::PointerToUnion { .. }
            | Shape::PointerToChar
            | Shape::PointerToVoid
            | Shape::Pointer,
        ) if bytes == 8 => match signedness {
            Signedness::Unsigned => Fit::Fits(as_declared),
            Signedness::Signed => Fit::Differs(as_declared, "kernel addresses look negative"),
        },
        Some(
            Shape::Void
            | Shape::Integer { .. }
            | Shape::Enum { .. }
            | Shape::PointerToStruct { .. }
            | Shape::PointerToUnion { .. }
            | Shape::PointerToChar
            | Shape::PointerToVoid
            | Shape::Pointer
            | Shape::Struct { .. }
            | Shape::Union { .. }
            | Shape::Array { .. }
            | Shape::Float { .. }
            | Shape::Other,
        ) => Fit::Unfit,
    }
}

/// Registers above a narrow parameter hold leftovers, so a narrow one is read as it is and then
/// extended, whatever was declared.
fn among_integers(
    declared: ArgumentType,
    bytes: u8,
    signedness: Signedness,
    found: u32,
    found_signed: bool,
) -> Fit {
    let as_declared = Reader::Integer { bytes, signedness };
    let found_signedness = if found_signed { Signedness::Signed } else { Signedness::Unsigned };
    if found > u32::from(bytes) {
        return Fit::Differs(as_declared, "large values lose their upper bits");
    }
    let reader = match u8::try_from(found) {
        Ok(found) if found < bytes => {
            Reader::Integer { bytes: found, signedness: found_signedness }
        }
        _ => as_declared,
    };
    match (signedness, found_signedness) {
        (Signedness::Unsigned, Signedness::Signed) => {
            Fit::Differs(reader, "negative values look like large ones")
        }
        (Signedness::Signed, Signedness::Unsigned)
            if found == u32::from(bytes) && declared != ArgumentType::Int =>
        {
            Fit::Differs(reader, "large values look negative")
        }
        // `int` is what everybody writes for any number of four bytes, and Tetragon accepts it.
        (Signedness::Signed, _) | (Signedness::Unsigned, Signedness::Unsigned) => Fit::Fits(reader),
    }
}

fn class(type_: ArgumentType) -> Class {
    let signed = |bytes| Class::Integer { bytes, signedness: Signedness::Signed };
    let unsigned = |bytes| Class::Integer { bytes, signedness: Signedness::Unsigned };
    let structure = |name, reader| Class::Structure { name, reader };
    let object = |name, object| structure(name, Reader::Structure(object));
    match type_ {
        ArgumentType::Nop => Class::Nothing,
        ArgumentType::Int8 | ArgumentType::Sint8 => signed(1),
        ArgumentType::Int16 | ArgumentType::Sint16 => signed(2),
        ArgumentType::Int | ArgumentType::Int32 | ArgumentType::Sint32 | ArgumentType::BpfCmd => {
            signed(4)
        }
        ArgumentType::Int64 | ArgumentType::Sint64 | ArgumentType::Long => signed(8),
        ArgumentType::Uint8 => unsigned(1),
        ArgumentType::Uint16 => unsigned(2),
        ArgumentType::Uint32 => unsigned(4),
        ArgumentType::Uint64 | ArgumentType::Ulong | ArgumentType::SizeT => unsigned(8),
        ArgumentType::Fd => Class::Descriptor,
        ArgumentType::String => Class::Text,
        ArgumentType::File => structure("file", Reader::File),
        ArgumentType::Path => structure("path", Reader::Path),
        ArgumentType::LinuxBinprm => structure("linux_binprm", Reader::Binprm),
        ArgumentType::Filename => structure("filename", Reader::Filename),
        ArgumentType::CharBuf => Class::Buffer,
        ArgumentType::CharIovec => structure(
            "iovec",
            Reader::Vectors { length: BufferLength::Unknown, moment: Moment::Entry },
        ),
        ArgumentType::Skb => object("sk_buff", Structure::Skb),
        ArgumentType::Sock => object("sock", Structure::Sock),
        ArgumentType::Socket => object("socket", Structure::Socket),
        ArgumentType::Sockaddr => object("sockaddr", Structure::Sockaddr),
        ArgumentType::SockaddrUn => Class::UnixAddress,
        ArgumentType::BpfAttr => Class::Attributes,
        ArgumentType::PerfEvent => object("perf_event", Structure::PerfEvent),
        ArgumentType::BpfMap => object("bpf_map", Structure::BpfMap),
        ArgumentType::BpfProg => object("bpf_prog", Structure::BpfProg),
        ArgumentType::UserNamespace => object("user_namespace", Structure::UserNamespace),
        ArgumentType::Kiocb => object("kiocb", Structure::Kiocb),
        ArgumentType::IovIter => object("iov_iter", Structure::IovIter),
        ArgumentType::Cred => object("cred", Structure::Cred),
        ArgumentType::LoadInfo => object("load_info", Structure::LoadInfo),
        ArgumentType::Module => object("module", Structure::Module),
        ArgumentType::NetDevice => object("net_device", Structure::NetDevice),
        ArgumentType::Dentry => object("dentry", Structure::Dentry),
        ArgumentType::Capability => Class::Capability,
        ArgumentType::Syscall64 => Class::SyscallNumber,
        ArgumentType::KernelCapT => Class::Capabilities(CapabilityWord::Plain),
        ArgumentType::CapInheritable => Class::Capabilities(CapabilityWord::Inheritable),
        ArgumentType::CapPermitted => Class::Capabilities(CapabilityWord::Permitted),
        ArgumentType::CapEffective => Class::Capabilities(CapabilityWord::Effective),
        ArgumentType::ConstBuf => Class::RecordBytes,
        ArgumentType::DataLoc => Class::RecordText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: u32, signed: bool) -> Shape<'static> {
        Shape::Integer { bytes, signed }
    }

    #[test]
    fn a_narrow_parameter_is_read_as_narrow_as_it_is() {
        let reader = Reader::Integer { bytes: 4, signedness: Signedness::Signed };
        assert_eq!(fit(ArgumentType::Int64, Some(number(4, true)), ""), Fit::Fits(reader));
    }

    #[test]
    fn an_int_may_stand_for_an_unsigned_int() {
        let reader = Reader::Integer { bytes: 4, signedness: Signedness::Signed };
        assert_eq!(fit(ArgumentType::Int, Some(number(4, false)), ""), Fit::Fits(reader));
    }

    #[test]
    fn half_a_long_differs() {
        assert!(matches!(fit(ArgumentType::Int, Some(number(8, true)), ""), Fit::Differs(..)));
    }

    #[test]
    fn a_file_is_not_an_integer() {
        assert_eq!(fit(ArgumentType::File, Some(number(4, true)), ""), Fit::Unfit);
        let shape = Some(Shape::PointerToStruct { name: "file" });
        assert_eq!(fit(ArgumentType::Int, shape, ""), Fit::Unfit);
        assert_eq!(fit(ArgumentType::File, shape, ""), Fit::Fits(Reader::File));
    }

    #[test]
    fn the_natural_type_of_a_type_fits_it() {
        for shape in [
            Shape::Integer { bytes: 1, signed: false },
            Shape::Integer { bytes: 8, signed: true },
            Shape::PointerToChar,
            Shape::PointerToStruct { name: "path" },
        ] {
            let type_ = natural(shape, "").unwrap();
            assert!(matches!(fit(type_, Some(shape), ""), Fit::Fits(_)), "{shape:?} as {type_:?}");
        }
    }
}
