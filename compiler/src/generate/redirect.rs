//! Other registers for the program that hit a uprobe. Nothing is written before everything was read.

use std::collections::BTreeSet;

use writ_bundle::UserPoint;
use writ_bundle::record::TARGET_MARKER;

use super::coder::Coder;
use super::library;
use super::registers::{CONTEXT, FRAME, KEPT, RESULT};
use super::stack::Slot;
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size, Width};
use crate::resolved::{self, Assigned, Assignment};

/// Offset of ip in x86-64's `struct pt_regs`.
const INSTRUCTION_POINTER: u32 = 128;

impl Coder<'_> {
    /// Gives registers their new values, in order: each sees those before it. When memory that is
    /// asked for cannot be read, all stay as they are: half of a change is no state that anybody
    /// meant.
    pub(super) fn redirect(&mut self, registers: &[Assignment], to: Option<&UserPoint>) {
        let failed = self.emitter.label();
        let mut set = BTreeSet::new();
        for one in registers {
            self.assigned(&one.from, &set, failed);
            self.keep_register(&one.to, &set);
            set.insert(one.to.offset);
        }
        if let Some(to) = to {
            self.load_register(INSTRUCTION_POINTER, Size::Double, &set);
            let marker = self.marker(to);
            self.add(marker);
            let slot = self.frame.offset(Slot::Register(INSTRUCTION_POINTER));
            self.emitter.store(Size::Double, FRAME, slot, KEPT);
            set.insert(INSTRUCTION_POINTER);
        }
        for offset in set {
            let slot = self.frame.offset(Slot::Register(offset));
            self.emitter.load(Size::Double, RESULT, FRAME, slot);
            self.emitter.store(Size::Double, CONTEXT, in_context(offset), RESULT);
        }
        self.emitter.place(failed);
    }

    /// What the loader replaces by how far the target is from the place that was hit.
    fn marker(&self, to: &UserPoint) -> u64 {
        let targets = self.program.targets();
        let index = targets.iter().position(|target| target == to).unwrap_or(0);
        TARGET_MARKER.saturating_add(index as u64)
    }

    /// Brings a value into [`KEPT`].
    fn assigned(&mut self, from: &Assigned, set: &BTreeSet<u32>, failed: Label) {
        match from {
            Assigned::Number(number) => self.emitter.constant(KEPT, *number),
            Assigned::Sum(register, more) => self.sum(register, *more, set),
            Assigned::Memory(register, more) => {
                self.sum(register, *more, set);
                let buffer = self.frame.offset(Slot::Buffer);
                self.emitter.copy(Register::R3, KEPT);
                self.emitter.constant(Register::R2, 8);
                self.emitter.copy(Register::R1, FRAME);
                self.emitter.arithmetic(Arithmetic::Add, Register::R1, i32::from(buffer));
                self.emitter.call_helper(library::PROBE_READ_USER);
                self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, failed);
                self.emitter.load(Size::Double, KEPT, FRAME, buffer);
            }
        }
    }

    fn sum(&mut self, register: &resolved::Register, more: u64, set: &BTreeSet<u32>) {
        let size = Size::from_bytes(register.bytes).unwrap_or(Size::Double);
        self.load_register(register.offset, size, set);
        if more != 0 {
            self.add(more);
        }
    }

    fn add(&mut self, number: u64) {
        self.emitter.constant(RESULT, number);
        self.emitter.arithmetic(Arithmetic::Add, KEPT, RESULT);
    }

    /// Brings a register, or its lower part, into [`KEPT`].
    fn load_register(&mut self, offset: u32, size: Size, set: &BTreeSet<u32>) {
        if set.contains(&offset) {
            let slot = self.frame.offset(Slot::Register(offset));
            self.emitter.load(size, KEPT, FRAME, slot);
        } else {
            self.emitter.load(size, KEPT, CONTEXT, in_context(offset));
        }
    }

    /// Keeps what [`KEPT`] has for a register, beside the bytes that are not written.
    fn keep_register(&mut self, to: &resolved::Register, set: &BTreeSet<u32>) {
        let slot = self.frame.offset(Slot::Register(to.offset));
        match Size::from_bytes(to.bytes).unwrap_or(Size::Double) {
            Size::Double => self.emitter.store(Size::Double, FRAME, slot, KEPT),
            Size::Word => {
                let (width, from) = (Width::Bits32, KEPT.into());
                self.emitter.emit(Instruction::Move { width, to: KEPT, from });
                self.emitter.store(Size::Double, FRAME, slot, KEPT);
            }
            part @ (Size::Half | Size::Byte) => {
                if !set.contains(&to.offset) {
                    self.emitter.load(Size::Double, RESULT, CONTEXT, in_context(to.offset));
                    self.emitter.store(Size::Double, FRAME, slot, RESULT);
                }
                self.emitter.store(part, FRAME, slot, KEPT);
            }
        }
    }
}

fn in_context(offset: u32) -> i16 {
    i16::try_from(offset).unwrap_or(0)
}
