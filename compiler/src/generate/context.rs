//! How the bits of a value are got out of a program's context.

use writ_bundle::Attach;

use super::library;
use crate::machine::Size;
use crate::resolved::{Caller, Origin};

/// Where the bits of a value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At this offset in the context. Loads of fewer bytes are allowed.
    Memory { offset: i16, size: Size },
    /// A whole word of the context, which must be loaded as such: the verifier knows its type
    /// (`btf_ctx_access`).
    Word { offset: i16 },
    /// At this offset in the caller's registers, to which a word of the context points. The verifier
    /// knows the pointer.
    Registers { pointer: i16, offset: i16 },
    /// The same, but the pointer is a number for the verifier.
    ProbedRegisters { pointer: i16, offset: i16 },
    /// The parameter of the call with this number, which its entry kept.
    Saved { offset: i16 },
    /// The address of what stands at this offset in the context.
    Inside { offset: i16 },
    /// A helper answers with a pointer to the calling task, a number for the verifier.
    CurrentTask,
    /// In the program's memory, at this offset from where its stack pointer points.
    UserStack { offset: i16 },
    /// Where the notes of the program say.
    Usdt { argument: u32 },
}

impl Place {
    /// Whether it can turn out that the bits cannot be read.
    pub(super) fn can_fail(self) -> bool {
        match self {
            Self::Memory { .. }
            | Self::Word { .. }
            | Self::Registers { .. }
            | Self::Saved { .. }
            | Self::Inside { .. }
            | Self::CurrentTask => false,
            Self::ProbedRegisters { .. } | Self::UserStack { .. } | Self::Usdt { .. } => true,
        }
    }
}

/// Offsets in x86-64's `struct pt_regs` of the registers that carry a function's arguments: di, si,
/// dx, cx, r8, r9.
const PARAMETERS: [i16; 6] = [112, 104, 96, 88, 72, 64];

/// The same for system calls: r10 stands for cx, which the instruction overwrites.
const SYSCALL_PARAMETERS: [i16; 6] = [112, 104, 96, 56, 72, 64];

/// The same for system calls of 32-bit programs: bx, cx, dx, si, di, bp (`SC_IA32_REGS_TO_ARGS` in
/// `arch/x86/include/asm/syscall_wrapper.h`).
const PARAMETERS_OF_32_BITS: [i16; 6] = [40, 88, 96, 104, 112, 32];

/// Offset of sp.
pub(super) const STACK_POINTER: i16 = 152;

/// Offset of cs, which tells how wide the program's instructions are.
pub(super) const CODE_SEGMENT: i16 = 136;

/// Offset of ax, which carries a function's result.
const RESULT: i16 = 80;

/// Where the bits of `origin` are in the context of a program that is attached with `attach`; `None`
/// when they are not there.
pub(super) fn place(attach: &Attach, origin: Origin) -> Option<Place> {
    if origin == Origin::CurrentTask {
        return Some(Place::CurrentTask);
    }
    match attach {
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Lsm { .. }
        | Attach::BtfTracepoint { .. } => word(origin),
        Attach::RawTracepoint { .. } => word(origin).map(untyped),
        Attach::Kretprobe { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kretprobes { .. }
        | Attach::Uretprobe { .. } => saved(origin).or_else(|| register(origin)),
        Attach::Kprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Uprobe { .. }
        | Attach::Usdt { .. } => register(origin),
        Attach::Tracepoint { .. } => field(origin),
    }
}

/// Where a system call's caller has put a parameter, in its registers.
fn passed(place: u32, caller: Caller) -> Option<i16> {
    let offsets = match caller {
        Caller::Bits64 => &SYSCALL_PARAMETERS,
        Caller::Bits32 => &PARAMETERS_OF_32_BITS,
    };
    offsets.get(usize::try_from(place).ok()?).copied()
}

/// The context is an array of the function's arguments, then its result. Where system calls are
/// entered and left, the first word points to the caller's registers, and the second is the number
/// or the result.
fn word(origin: Origin) -> Option<Place> {
    let at = |place: u32| i16::try_from(place.checked_mul(8)?).ok();
    match origin {
        Origin::Parameter(place) => Some(Place::Word { offset: at(place)? }),
        Origin::Return { parameters } => Some(Place::Word { offset: at(parameters)? }),
        Origin::SyscallParameter(place, caller) => {
            Some(Place::Registers { pointer: 0, offset: passed(place, caller)? })
        }
        Origin::Field { .. }
        | Origin::CurrentTask
        | Origin::Register { .. }
        | Origin::UserParameter(_)
        | Origin::UsdtArgument(_) => None,
    }
}

/// The same, where the verifier knows nothing of the words.
fn untyped(place: Place) -> Place {
    match place {
        Place::Word { offset } => Place::Memory { offset, size: Size::Double },
        Place::Registers { pointer, offset } => Place::ProbedRegisters { pointer, offset },
        Place::Memory { .. }
        | Place::ProbedRegisters { .. }
        | Place::Saved { .. }
        | Place::Inside { .. }
        | Place::CurrentTask
        | Place::UserStack { .. }
        | Place::Usdt { .. } => place,
    }
}

/// The context is the registers at the function's first instruction, or at its return.
fn register(origin: Origin) -> Option<Place> {
    let memory = |offset| Place::Memory { offset, size: Size::Double };
    match origin {
        Origin::Parameter(place) => PARAMETERS.get(place as usize).copied().map(memory),
        Origin::UserParameter(place) => match PARAMETERS.get(place as usize).copied() {
            Some(offset) => Some(memory(offset)),
            None => on_stack(place),
        },
        Origin::UsdtArgument(argument) => Some(Place::Usdt { argument }),
        Origin::Return { .. } => Some(memory(RESULT)),
        Origin::SyscallParameter(place, caller) => {
            let [pointer, ..] = PARAMETERS;
            Some(Place::ProbedRegisters { pointer, offset: passed(place, caller)? })
        }
        Origin::Register { offset, bytes } => {
            let offset = i16::try_from(offset).ok()?;
            Some(Place::Memory { offset, size: Size::from_bytes(bytes)? })
        }
        Origin::Field { .. } | Origin::CurrentTask => None,
    }
}

/// A parameter, where the registers that carried it are gone.
fn saved(origin: Origin) -> Option<Place> {
    let (Origin::Parameter(place)
    | Origin::SyscallParameter(place, _)
    | Origin::UserParameter(place)) = origin
    else {
        return None;
    };
    Some(Place::Saved { offset: saved_offset(place)? })
}

/// Where the parameter with this number is kept in the scratch area.
pub(super) fn saved_offset(place: u32) -> Option<i16> {
    let place = i16::try_from(place).ok().filter(|place| *place < 6)?;
    Some(library::SAVED + 8 * place)
}

/// An array in the tracepoint's record.
pub(super) fn inside(offset: u32) -> Option<Place> {
    Some(Place::Inside { offset: i16::try_from(offset).ok()? })
}

/// The seventh argument of a function of a program stands behind the return address.
fn on_stack(place: u32) -> Option<Place> {
    let behind = place.checked_sub(u32::try_from(PARAMETERS.len()).ok()?)?;
    let offset = behind.checked_add(1)?.checked_mul(8)?;
    Some(Place::UserStack { offset: i16::try_from(offset).ok()? })
}

/// The context is the tracepoint's record.
fn field(origin: Origin) -> Option<Place> {
    let Origin::Field { offset, bytes } = origin else { return None };
    Some(Place::Memory { offset: i16::try_from(offset).ok()?, size: Size::from_bytes(bytes)? })
}
