//! Assembled code: what an [`Assembler`](super::Assembler) hands out when it is finished.

use super::encode::SLOT;
use super::{Field, FieldFact, Instruction, Label};
use crate::source::Span;

/// The code of one program. Every jump goes forward, and every path ends in an exit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub(super) placed: Vec<Placed>,
    /// Where each label stands, in the order in which labels were made.
    pub(super) labels: Vec<Option<Slot>>,
    pub(super) bytes: Vec<u8>,
    pub(super) longest_path: u32,
}

/// An instruction in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub slot: Slot,
    pub instruction: Instruction,
    /// The text that it serves. Without one it belongs to the instruction before it.
    pub origin: Option<Span>,
}

/// A place of 8 bytes in the code, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u32);

impl Slot {
    /// Offset of its first byte.
    pub fn byte_offset(self) -> u64 {
        u64::from(self.0) * SLOT as u64
    }
}

/// A slot whose bytes the linker completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocation<'a> {
    pub slot: Slot,
    /// Name of the map, global variable or routine.
    pub symbol: &'a str,
    pub kind: RelocationKind,
}

/// An instruction whose immediate loaders replace by what the kernel at hand says of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreRelocation<'a> {
    pub slot: Slot,
    pub fact: FieldFact,
    pub field: &'a Field,
}

/// How a symbol is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelocationKind {
    /// The address of a map or variable in a load of 64 bits (`R_BPF_64_64`).
    Address,
    /// The target of a call (`R_BPF_64_32`).
    Call,
}

impl Code {
    /// The instructions in order.
    pub fn instructions(&self) -> &[Placed] {
        &self.placed
    }

    /// The encoded instructions, 8 bytes a slot.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Slots, which is what the verifier calls instructions.
    pub fn slots(&self) -> u32 {
        u32::try_from(self.bytes.len() / SLOT).unwrap_or(u32::MAX)
    }

    /// Instructions on the longest path from the start to an exit, without called routines.
    pub fn longest_path(&self) -> u32 {
        self.longest_path
    }

    /// Where `label` stands, if it is one of this code.
    pub fn target(&self, label: Label) -> Option<Slot> {
        self.labels.get(label.0).copied().flatten()
    }

    /// The first text that an instruction serves.
    pub fn first_origin(&self) -> Option<Span> {
        self.placed.iter().find_map(|placed| placed.origin)
    }

    /// What the linker has to complete, in order.
    pub fn relocations(&self) -> impl Iterator<Item = Relocation<'_>> {
        self.placed.iter().filter_map(|placed| {
            let (symbol, kind) = symbol(&placed.instruction)?;
            Some(Relocation { slot: placed.slot, symbol, kind })
        })
    }

    /// What loaders ask the kernel's BTF for, in order.
    pub fn core_relocations(&self) -> impl Iterator<Item = CoreRelocation<'_>> {
        self.placed.iter().filter_map(|placed| {
            let Instruction::LoadFieldFact { fact, field, .. } = &placed.instruction else {
                return None;
            };
            Some(CoreRelocation { slot: placed.slot, fact: *fact, field })
        })
    }
}

fn symbol(instruction: &Instruction) -> Option<(&str, RelocationKind)> {
    match instruction {
        Instruction::LoadMapAddress { map: symbol, .. }
        | Instruction::LoadGlobalAddress { symbol, .. } => Some((symbol, RelocationKind::Address)),
        Instruction::CallRoutine { name } => Some((name, RelocationKind::Call)),
        Instruction::Move { .. }
        | Instruction::LoadImmediate64 { .. }
        | Instruction::Arithmetic { .. }
        | Instruction::Negate { .. }
        | Instruction::Load { .. }
        | Instruction::Store { .. }
        | Instruction::LoadFieldFact { .. }
        | Instruction::Jump { .. }
        | Instruction::JumpIf { .. }
        | Instruction::CallHelper { .. }
        | Instruction::Exit => None,
    }
}
