//! Instructions as bytes. Opcodes appear in this file only.
//!
//! The layout is that of `struct bpf_insn` on a little-endian machine: opcode, source and
//! destination register, 16-bit offset, 32-bit immediate.

use super::instruction::{Arithmetic, Comparison, Instruction, Operand, Size, Width};
use super::register::Register;

/// Bytes of a slot.
pub(super) const SLOT: usize = 8;

// Classes.
const LOAD_IMMEDIATE: u8 = 0x00;
const LOAD: u8 = 0x01;
const STORE_IMMEDIATE: u8 = 0x02;
const STORE_REGISTER: u8 = 0x03;
const ARITHMETIC_32: u8 = 0x04;
const JUMP_64: u8 = 0x05;
const JUMP_32: u8 = 0x06;
const ARITHMETIC_64: u8 = 0x07;

/// The right side is a register, not the immediate.
const FROM_REGISTER: u8 = 0x08;
/// Loads and stores with a base and an offset.
const MEMORY: u8 = 0x60;
const DOUBLE: u8 = 0x18;

// Operations of the arithmetic and jump classes.
const NEGATE: u8 = 0x80;
const MOVE: u8 = 0xb0;
const CALL: u8 = 0x80;
const EXIT: u8 = 0x90;

/// In a call's source register: a function of the object, not a helper (`BPF_PSEUDO_CALL`).
const PSEUDO_CALL: u8 = 1;

/// Appends the instruction's slots to `bytes`. `distance` is that of a jump, in slots, counted
/// from the next slot.
pub(super) fn encode(instruction: &Instruction, distance: i16, bytes: &mut Vec<u8>) {
    match instruction {
        Instruction::Move { width, to, from } => {
            operation(arithmetic_class(*width) | MOVE, *to, *from, 0, bytes);
        }
        Instruction::LoadImmediate64 { to, value } => immediate_64(*to, *value, bytes),
        Instruction::Arithmetic { width, operation: computed, to, by } => {
            operation(arithmetic_class(*width) | arithmetic_code(*computed), *to, *by, 0, bytes);
        }
        Instruction::Negate { width, to } => {
            slot(arithmetic_class(*width) | NEGATE, to.number(), 0, 0, 0, bytes);
        }
        Instruction::Load { size, to, base, offset } => {
            let code = LOAD | MEMORY | size_code(*size);
            slot(code, to.number(), base.number(), *offset, 0, bytes);
        }
        Instruction::Store { size, base, offset, from } => {
            store(*size, *base, *offset, *from, bytes);
        }
        // The relocation against the map's symbol says which map; nothing is added to it.
        Instruction::LoadMapAddress { to, map: _ } => immediate_64(*to, 0, bytes),
        // Relocations without addends add what stands in the first slot's immediate.
        Instruction::LoadGlobalAddress { to, symbol: _, offset } => {
            immediate_64(*to, u64::from(*offset), bytes);
        }
        Instruction::LoadFieldFact { to, fact, field } => {
            let value = field.value(*fact).cast_signed();
            slot(ARITHMETIC_64 | MOVE, to.number(), 0, 0, value, bytes);
        }
        Instruction::Jump { target: _ } => slot(JUMP_64, 0, 0, distance, 0, bytes),
        Instruction::JumpIf { width, left, comparison, right, target: _ } => {
            let code = jump_class(*width) | comparison_code(*comparison);
            operation(code, *left, *right, distance, bytes);
        }
        Instruction::CallHelper { helper } => {
            slot(JUMP_64 | CALL, 0, 0, 0, helper.number.cast_signed(), bytes);
        }
        // −1 is what clang writes, too: the linker's relocation replaces it.
        Instruction::CallRoutine { name: _ } => {
            slot(JUMP_64 | CALL, 0, PSEUDO_CALL, 0, -1, bytes);
        }
        Instruction::Exit => slot(JUMP_64 | EXIT, 0, 0, 0, 0, bytes),
    }
}

fn operation(code: u8, left: Register, right: Operand, offset: i16, bytes: &mut Vec<u8>) {
    match right {
        Operand::Register(right) => {
            slot(code | FROM_REGISTER, left.number(), right.number(), offset, 0, bytes);
        }
        Operand::Immediate(value) => slot(code, left.number(), 0, offset, value, bytes),
    }
}

fn store(size: Size, base: Register, offset: i16, from: Operand, bytes: &mut Vec<u8>) {
    let code = MEMORY | size_code(size);
    match from {
        Operand::Register(from) => {
            slot(code | STORE_REGISTER, base.number(), from.number(), offset, 0, bytes);
        }
        Operand::Immediate(value) => {
            slot(code | STORE_IMMEDIATE, base.number(), 0, offset, value, bytes);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "each slot holds half of the value")]
fn immediate_64(to: Register, value: u64, bytes: &mut Vec<u8>) {
    let [low, high] = [value, value >> 32].map(|half| (half as u32).cast_signed());
    slot(LOAD_IMMEDIATE | DOUBLE, to.number(), 0, 0, low, bytes);
    slot(0, 0, 0, 0, high, bytes);
}

fn slot(code: u8, to: u8, from: u8, offset: i16, immediate: i32, bytes: &mut Vec<u8>) {
    bytes.extend([code, from << 4 | to]);
    bytes.extend(offset.to_le_bytes());
    bytes.extend(immediate.to_le_bytes());
}

fn arithmetic_class(width: Width) -> u8 {
    match width {
        Width::Bits32 => ARITHMETIC_32,
        Width::Bits64 => ARITHMETIC_64,
    }
}

fn jump_class(width: Width) -> u8 {
    match width {
        Width::Bits32 => JUMP_32,
        Width::Bits64 => JUMP_64,
    }
}

fn arithmetic_code(arithmetic: Arithmetic) -> u8 {
    match arithmetic {
        Arithmetic::Add => 0x00,
        Arithmetic::Subtract => 0x10,
        Arithmetic::Multiply => 0x20,
        Arithmetic::Or => 0x40,
        Arithmetic::And => 0x50,
        Arithmetic::ShiftLeft => 0x60,
        Arithmetic::ShiftRight => 0x70,
        Arithmetic::Xor => 0xa0,
        Arithmetic::ShiftRightSigned => 0xc0,
    }
}

fn comparison_code(comparison: Comparison) -> u8 {
    match comparison {
        Comparison::Equal => 0x10,
        Comparison::Greater => 0x20,
        Comparison::GreaterOrEqual => 0x30,
        Comparison::AnyBitSet => 0x40,
        Comparison::NotEqual => 0x50,
        Comparison::SignedGreater => 0x60,
        Comparison::SignedGreaterOrEqual => 0x70,
        Comparison::Less => 0xa0,
        Comparison::LessOrEqual => 0xb0,
        Comparison::SignedLess => 0xc0,
        Comparison::SignedLessOrEqual => 0xd0,
    }
}

fn size_code(size: Size) -> u8 {
    match size {
        Size::Word => 0x00,
        Size::Half => 0x08,
        Size::Byte => 0x10,
        Size::Double => DOUBLE,
    }
}

#[cfg(test)]
mod tests;
