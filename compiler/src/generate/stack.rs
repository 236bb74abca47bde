//! Who owns which bytes of a program's stack.

use std::collections::BTreeMap;

use super::facts::Fact;
use super::limits::Refusal;
use crate::ids::Id;
use crate::ir::Value;

/// Something that is kept on the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// What the program will answer.
    Verdict,
    /// Which place the system call has on this list, counted from 1.
    Listed(u32),
    /// The number of the place of a USDT probe.
    Place,
    /// What the register at this offset of `struct pt_regs` is about to become.
    Register(u32),
    /// What a helper reads into.
    Buffer,
    /// How long a buffer is that is about to be read.
    Length,
    /// What a routine answered; 0 when it was not asked.
    Fact(Fact),
    /// The second name of a path, which comes with its [`Fact::Top`].
    SecondName(Id<Value>),
    /// The hash of what is shown so far, while a way to more of it is gone.
    Hash,
    /// What a formula names while it is computed, and the first of two numbers that are compared.
    Operand(Id<Value>),
    /// What a part of a formula gave, while the other part is computed.
    Computed(u16),
    /// Where the payload of a located value stands in the scratch area, negative when there is none;
    /// for an integer, 1 when it is in the record. 0 when it was not read.
    Value(Id<Value>),
}

/// The slots of one program, below the frame pointer.
#[derive(Debug, Default)]
pub(super) struct Frame {
    offsets: BTreeMap<Slot, i16>,
    used: i16,
}

/// Bytes that generated code may use. A call chain has 512 together (`MAX_BPF_STACK`), of which the
/// routines of the library need the rest. A function has at most six parameters, and a policy rarely
/// reads one in more than one way.
const USABLE: i16 = 256;

/// Bytes of a slot. A smaller one beside another confuses the verifier: kernels before 6.8 refuse to
/// read a half of eight bytes whose other half was written from a register.
const SLOT: i16 = 8;

impl Frame {
    /// Where `slot` is, from the frame pointer. It gets a place when it is first asked for.
    pub(super) fn offset(&mut self, slot: Slot) -> i16 {
        let used = &mut self.used;
        *self.offsets.entry(slot).or_insert_with(|| {
            *used = used.saturating_add(SLOT);
            -*used
        })
    }

    /// Bytes that are used.
    pub(super) fn size(&self) -> u32 {
        u32::from(self.used.unsigned_abs())
    }

    /// Whether the slots fit.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.used <= USABLE {
            return Ok(());
        }
        Err(Refusal::TooLarge(
            "the conditions at this hook need more values than there is room for",
        ))
    }
}
