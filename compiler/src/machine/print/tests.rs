use super::print;
use crate::machine::{
    Arithmetic, Assembler, Comparison, Helper, Instruction, Operand, Register, Size, Width,
};
use crate::source::{SourceMap, Span};

const POLICY: &str = "hook: file_open\n  Prefix \"/etc/shadow\"\n";

#[test]
fn code_is_printed_under_the_policy_lines_that_it_serves() {
    let mut sources = SourceMap::default();
    let id = sources.add("policy.yaml", POLICY);
    let (hook, condition) = (Some(Span::new(id, 0..15)), Some(Span::new(id, 18..24)));
    let mut assembler = Assembler::default();
    let allow = assembler.label();
    let (base, offset) = (Register::R10, -24);
    assembler.emit(Instruction::Load { size: Size::Double, to: Register::R1, base, offset }, hook);
    let map = "writ_processes".to_owned();
    assembler.emit(Instruction::LoadMapAddress { to: Register::R1, map }, None);
    assembler.emit(
        Instruction::JumpIf {
            width: Width::Bits32,
            left: Register::R1,
            comparison: Comparison::NotEqual,
            right: Operand::Immediate(0x6374_652f),
            target: allow,
        },
        condition,
    );
    let helper = Helper { number: 5, name: "bpf_ktime_get_ns" };
    assembler.emit(Instruction::CallHelper { helper }, condition);
    let value = u64::from_le_bytes(*b"/shadow\0");
    assembler.emit(Instruction::LoadImmediate64 { to: Register::R2, value }, condition);
    assembler.place(allow);
    assembler.emit(Instruction::arithmetic(Arithmetic::ShiftLeft, Register::R0, 32), hook);
    assembler.emit(Instruction::Exit, hook);
    let code = assembler.finish().expect("assembles");
    assert_eq!(print(&code, &sources), EXPECTED);
}

const EXPECTED: &str = r#"; policy.yaml:1  hook: file_open
   0  r1 = *(u64 *)(r10 - 24)
   1  r1 = map writ_processes
; policy.yaml:2  Prefix "/etc/shadow"
   3  if w1 != 0x6374652f jump L1  ; "/etc"
   4  call bpf_ktime_get_ns#5
   5  r2 = 0x776f646168732f ll  ; "/shadow"
; policy.yaml:1  hook: file_open
L1:
   7  r0 <<= 32
   8  exit
"#;
