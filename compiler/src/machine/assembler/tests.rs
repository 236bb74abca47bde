use super::{AssembleError, Assembler};
use crate::machine::{Comparison, Instruction, Register, RelocationKind, Size, Slot};
use crate::source::{SourceMap, Span};

#[test]
fn a_jump_to_nowhere_is_an_error() {
    let mut assembler = Assembler::default();
    let nowhere = assembler.label();
    assembler.emit(Instruction::Jump { target: nowhere }, None);
    assert_eq!(assembler.finish(), Err(AssembleError::LabelNowhere(nowhere)));
}

#[test]
fn a_label_in_two_places_is_an_error() {
    let mut assembler = Assembler::default();
    let label = assembler.label();
    assembler.emit(is_zero(label), None);
    assembler.place(label);
    assembler.emit(Instruction::constant(Register::R0, 0), None);
    assembler.place(label);
    assembler.emit(Instruction::Exit, None);
    assert_eq!(assembler.finish(), Err(AssembleError::LabelTwice(label)));
}

#[test]
fn a_jump_backward_is_an_error() {
    let mut assembler = Assembler::default();
    let start = assembler.label();
    assembler.place(start);
    assembler.emit(is_zero(start), None);
    assembler.emit(Instruction::Exit, None);
    assert_eq!(assembler.finish(), Err(AssembleError::JumpBackward(0)));
}

#[test]
fn a_jump_over_more_slots_than_16_bits_can_say_is_an_error() {
    let too_far = AssembleError::JumpTooFar { from: Slot(0), to: Slot(32_769) };
    assert_eq!(jump_over(32_767).map(|code| code.slots()), Ok(32_769));
    assert_eq!(jump_over(32_768), Err(too_far));
}

#[test]
fn code_without_an_exit_is_an_error() {
    let mut assembler = Assembler::default();
    assembler.emit(Instruction::constant(Register::R0, 0), None);
    assert_eq!(assembler.finish(), Err(AssembleError::PastTheEnd));
}

#[test]
fn no_code_is_an_error() {
    assert_eq!(Assembler::default().finish(), Err(AssembleError::PastTheEnd));
}

#[test]
fn a_label_after_the_last_instruction_is_past_the_end() {
    let mut assembler = Assembler::default();
    let end = assembler.label();
    assembler.emit(is_zero(end), None);
    assembler.emit(Instruction::Exit, None);
    assembler.place(end);
    assert_eq!(assembler.finish(), Err(AssembleError::PastTheEnd));
}

#[test]
fn jumps_count_the_second_slot_of_long_instructions() {
    let mut assembler = Assembler::default();
    let end = assembler.label();
    assembler.emit(is_zero(end), None);
    assembler.emit(Instruction::LoadImmediate64 { to: Register::R0, value: 1 << 40 }, None);
    assembler.place(end);
    assembler.emit(Instruction::Exit, None);
    let code = assembler.finish().expect("assembles");
    assert_eq!(&code.bytes()[2..4], &[2, 0]);
}

#[test]
fn instructions_that_no_path_reaches_are_left_out() {
    let mut assembler = Assembler::default();
    let end = assembler.label();
    assembler.emit(Instruction::Jump { target: end }, None);
    assembler.emit(Instruction::constant(Register::R0, 1), None);
    assembler.place(end);
    assembler.emit(Instruction::Exit, None);
    let code = assembler.finish().expect("assembles");
    assert_eq!(code.bytes()[..8], [0x05, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(code.slots(), 2);
}

#[test]
fn the_longest_path_takes_the_longer_side_of_a_branch() {
    let mut assembler = Assembler::default();
    let short = assembler.label();
    assembler.emit(is_zero(short), None);
    assembler.emit(Instruction::constant(Register::R0, 1), None);
    assembler.emit(Instruction::constant(Register::R0, 2), None);
    assembler.place(short);
    assembler.emit(Instruction::Exit, None);
    assert_eq!(assembler.finish().map(|code| code.longest_path()), Ok(4));
}

#[test]
fn relocations_name_maps_globals_and_routines() {
    let mut assembler = Assembler::default();
    let map = "writ_processes".to_owned();
    assembler.emit(Instruction::LoadMapAddress { to: Register::R1, map }, None);
    assembler.emit(Instruction::CallRoutine { name: "writ_process".to_owned() }, None);
    assembler.emit(Instruction::Exit, None);
    let code = assembler.finish().expect("assembles");
    let relocations: Vec<_> =
        code.relocations().map(|found| (found.slot, found.symbol, found.kind)).collect();
    let expected = [
        (Slot(0), "writ_processes", RelocationKind::Address),
        (Slot(2), "writ_process", RelocationKind::Call),
    ];
    assert_eq!(relocations, expected);
}

#[test]
fn a_byte_is_sign_extended_by_two_shifts_over_56_bits() {
    let mut assembler = Assembler::default();
    assembler.sign_extend(Register::R1, Size::Byte, None);
    assembler.emit(Instruction::Exit, None);
    let code = assembler.finish().expect("assembles");
    assert_eq!(code.bytes()[..16], [0x67, 1, 0, 0, 56, 0, 0, 0, 0xc7, 1, 0, 0, 56, 0, 0, 0]);
}

#[test]
fn instructions_keep_the_text_that_they_serve() {
    let mut sources = SourceMap::default();
    let origin = Span::new(sources.add("policy.yaml", "a: b"), 0..4);
    let mut assembler = Assembler::default();
    assembler.emit(Instruction::constant(Register::R0, 0), None);
    assembler.emit(Instruction::Exit, Some(origin));
    let code = assembler.finish().expect("assembles");
    assert_eq!(code.first_origin(), Some(origin));
}

fn is_zero(target: crate::machine::Label) -> Instruction {
    Instruction::jump_if(Register::R1, Comparison::Equal, 0, target)
}

fn jump_over(slots: usize) -> Result<crate::machine::Code, AssembleError> {
    let mut assembler = Assembler::default();
    let end = assembler.label();
    assembler.emit(is_zero(end), None);
    for _ in 0..slots {
        assembler.emit(Instruction::constant(Register::R0, 0), None);
    }
    assembler.place(end);
    assembler.emit(Instruction::Exit, None);
    assembler.finish()
}
