use super::encode;
use crate::machine::Register::{R1, R2, R3, R6, R9, R10};
use crate::machine::Size::{Byte, Double, Half, Word};
use crate::machine::Width::{Bits32, Bits64};
use crate::machine::{
    Arithmetic, Assembler, Comparison, Helper, Instruction, Label, Operand, Register, Size, Width,
};

/// What `llvm-mc -triple bpfel -mcpu=v4` makes of the texts.
#[test]
fn instructions_are_encoded_as_llvm_encodes_them() {
    for (instruction, text, expected) in moves_and_arithmetic().into_iter().chain(memory()) {
        assert_eq!(encoded(&instruction, 0), bytes(expected), "{text}");
    }
}

/// What `llvm-mc -triple bpfel -mcpu=v4` makes of the texts; each jump is over one slot.
#[test]
fn jumps_are_encoded_as_llvm_encodes_them() {
    for (instruction, text, expected) in jumps() {
        assert_eq!(encoded(&instruction, 1), bytes(expected), "{text}");
    }
}

#[test]
fn a_call_of_a_routine_is_left_to_the_linker() {
    let call = Instruction::CallRoutine { name: "writ_post".to_owned() };
    assert_eq!(encoded(&call, 0), bytes("85 10 00 00 ff ff ff ff"));
}

#[test]
fn a_map_address_is_left_to_the_linker() {
    let load = Instruction::LoadMapAddress { to: R1, map: "writ_processes".to_owned() };
    assert_eq!(encoded(&load, 0), bytes("18 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
}

#[test]
fn the_offset_in_a_global_stands_where_the_linker_adds_to_it() {
    let load =
        Instruction::LoadGlobalAddress { to: R1, symbol: "writ_host_ns".to_owned(), offset: 8 };
    assert_eq!(encoded(&load, 0), bytes("18 01 00 00 08 00 00 00 00 00 00 00 00 00 00 00"));
}

#[test]
fn a_small_constant_takes_one_slot() {
    assert_eq!(Instruction::constant(R1, u64::MAX), immediate(Bits64, R1, -1));
}

#[test]
fn a_constant_that_would_lose_bits_takes_two_slots() {
    let value = 0xffff_ffff;
    assert_eq!(Instruction::constant(R1, value), Instruction::LoadImmediate64 { to: R1, value });
}

type Row = (Instruction, &'static str, &'static str);

fn moves_and_arithmetic() -> Vec<Row> {
    use Arithmetic::{
        Add, And, Multiply, Or, ShiftLeft, ShiftRight, ShiftRightSigned, Subtract, Xor,
    };
    let word = 0x6168_732f_6374_652f;
    vec![
        (Instruction::copy(R1, R2), "r1 = r2", "bf 21 00 00 00 00 00 00"),
        (
            Instruction::Move { width: Bits32, to: R1, from: R2.into() },
            "w1 = w2",
            "bc 21 00 00 00 00 00 00",
        ),
        (immediate(Bits64, R1, -5), "r1 = -5", "b7 01 00 00 fb ff ff ff"),
        (immediate(Bits32, R1, 7), "w1 = 7", "b4 01 00 00 07 00 00 00"),
        (
            Instruction::LoadImmediate64 { to: R2, value: word },
            "r2 = 0x6168732f6374652f ll",
            "18 02 00 00 2f 65 74 63 00 00 00 00 2f 73 68 61",
        ),
        (computed(Bits64, Add, R1, R2), "r1 += r2", "0f 21 00 00 00 00 00 00"),
        (computed(Bits64, Subtract, R1, 4), "r1 -= 4", "17 01 00 00 04 00 00 00"),
        (computed(Bits32, Multiply, R1, R2), "w1 *= w2", "2c 21 00 00 00 00 00 00"),
        (computed(Bits64, And, R1, 0xfff), "r1 &= 0xfff", "57 01 00 00 ff 0f 00 00"),
        (computed(Bits64, Or, R1, R2), "r1 |= r2", "4f 21 00 00 00 00 00 00"),
        (computed(Bits64, Xor, R1, R2), "r1 ^= r2", "af 21 00 00 00 00 00 00"),
        (computed(Bits64, ShiftLeft, R1, 32), "r1 <<= 32", "67 01 00 00 20 00 00 00"),
        (computed(Bits32, ShiftRight, R1, 8), "w1 >>= 8", "74 01 00 00 08 00 00 00"),
        (computed(Bits64, ShiftRightSigned, R1, 56), "r1 s>>= 56", "c7 01 00 00 38 00 00 00"),
        (Instruction::Negate { width: Bits64, to: R3 }, "r3 = -r3", "87 03 00 00 00 00 00 00"),
        (Instruction::Negate { width: Bits32, to: R3 }, "w3 = -w3", "84 03 00 00 00 00 00 00"),
        (
            Instruction::CallHelper { helper: Helper { number: 5, name: "bpf_ktime_get_ns" } },
            "call 5",
            "85 00 00 00 05 00 00 00",
        ),
        (Instruction::Exit, "exit", "95 00 00 00 00 00 00 00"),
    ]
}

fn memory() -> Vec<Row> {
    vec![
        (load(Byte, R6, 1), "r1 = *(u8 *)(r6 + 1)", "71 61 01 00 00 00 00 00"),
        (load(Half, R6, 2), "r1 = *(u16 *)(r6 + 2)", "69 61 02 00 00 00 00 00"),
        (load(Word, R6, -4), "r1 = *(u32 *)(r6 - 4)", "61 61 fc ff 00 00 00 00"),
        (load(Double, R10, -24), "r1 = *(u64 *)(r10 - 24)", "79 a1 e8 ff 00 00 00 00"),
        (store(Byte, R1, 0, R2), "*(u8 *)(r1 + 0) = r2", "73 21 00 00 00 00 00 00"),
        (store(Half, R1, 2, R2), "*(u16 *)(r1 + 2) = r2", "6b 21 02 00 00 00 00 00"),
        (store(Word, R10, -4, R2), "*(u32 *)(r10 - 4) = r2", "63 2a fc ff 00 00 00 00"),
        (store(Double, R10, -8, R9), "*(u64 *)(r10 - 8) = r9", "7b 9a f8 ff 00 00 00 00"),
        (store(Word, R10, -4, 5), "*(u32 *)(r10 - 4) = 5", "62 0a fc ff 05 00 00 00"),
        (store(Double, R10, -16, -1), "*(u64 *)(r10 - 16) = -1", "7a 0a f0 ff ff ff ff ff"),
        (store(Byte, R1, 3, 7), "*(u8 *)(r1 + 3) = 7", "72 01 03 00 07 00 00 00"),
        (store(Half, R1, 4, 300), "*(u16 *)(r1 + 4) = 300", "6a 01 04 00 2c 01 00 00"),
    ]
}

fn jumps() -> Vec<Row> {
    use Comparison::{
        AnyBitSet, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, SignedGreater,
        SignedGreaterOrEqual, SignedLess, SignedLessOrEqual,
    };
    vec![
        (jump_if(Bits64, Equal, R2), "if r1 == r2 goto +1", "1d 21 01 00 00 00 00 00"),
        (jump_if(Bits64, Equal, 5), "if r1 == 5 goto +1", "15 01 01 00 05 00 00 00"),
        (
            jump_if(Bits32, NotEqual, 0x6374_652f),
            "if w1 != 0x6374652f goto +1",
            "56 01 01 00 2f 65 74 63",
        ),
        (jump_if(Bits64, Greater, 1), "if r1 > 1 goto +1", "25 01 01 00 01 00 00 00"),
        (jump_if(Bits64, GreaterOrEqual, 1), "if r1 >= 1 goto +1", "35 01 01 00 01 00 00 00"),
        (jump_if(Bits64, Less, R2), "if r1 < r2 goto +1", "ad 21 01 00 00 00 00 00"),
        (jump_if(Bits32, LessOrEqual, R2), "if w1 <= w2 goto +1", "be 21 01 00 00 00 00 00"),
        (jump_if(Bits64, SignedGreater, -1), "if r1 s> -1 goto +1", "65 01 01 00 ff ff ff ff"),
        (
            jump_if(Bits64, SignedGreaterOrEqual, -1),
            "if r1 s>= -1 goto +1",
            "75 01 01 00 ff ff ff ff",
        ),
        (jump_if(Bits32, SignedLess, 0), "if w1 s< 0 goto +1", "c6 01 01 00 00 00 00 00"),
        (jump_if(Bits32, SignedLessOrEqual, 0), "if w1 s<= 0 goto +1", "d6 01 01 00 00 00 00 00"),
        (jump_if(Bits64, AnyBitSet, 8), "if r1 & 8 goto +1", "45 01 01 00 08 00 00 00"),
        (Instruction::Jump { target: target() }, "goto +1", "05 00 01 00 00 00 00 00"),
    ]
}

fn encoded(instruction: &Instruction, distance: i16) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(instruction, distance, &mut bytes);
    bytes
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hexadecimal.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap_or(0xee)).collect()
}

fn target() -> Label {
    Assembler::default().label()
}

fn immediate(width: Width, to: Register, value: i32) -> Instruction {
    Instruction::Move { width, to, from: Operand::Immediate(value) }
}

fn computed(
    width: Width,
    operation: Arithmetic,
    to: Register,
    by: impl Into<Operand>,
) -> Instruction {
    Instruction::Arithmetic { width, operation, to, by: by.into() }
}

fn load(size: Size, base: Register, offset: i16) -> Instruction {
    Instruction::Load { size, to: R1, base, offset }
}

fn store(size: Size, base: Register, offset: i16, from: impl Into<Operand>) -> Instruction {
    Instruction::Store { size, base, offset, from: from.into() }
}

fn jump_if(width: Width, comparison: Comparison, right: impl Into<Operand>) -> Instruction {
    Instruction::JumpIf { width, left: R1, comparison, right: right.into(), target: target() }
}
