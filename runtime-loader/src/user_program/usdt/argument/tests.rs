//! What is understood of an argument's place, and what is not.

use super::*;

fn parsed(text: &str) -> Result<Vec<Argument>, String> {
    arguments(text, 0x1000, &|name| (name == "counter").then_some(0x4010))
}

fn one(text: &str) -> Option<Operand> {
    parsed(text).ok().filter(|list| list.len() == 1).map(|list| list[0].operand)
}

#[test]
fn operands_are_what_the_assembler_writes() {
    let memory = |base, displacement| Operand::Memory { base, displacement };
    let cases = [
        ("8@$5", Operand::Constant(5)),
        ("-4@$-9", Operand::Constant(-9)),
        ("8@$0xffffffffffffffff", Operand::Constant(-1)),
        ("8@%rdi", Operand::Register(112)),
        ("4@%eax", Operand::Register(80)),
        ("1@%ah", Operand::Register(81)),
        ("-2@%r10w", Operand::Register(56)),
        ("-4@-20(%rbp)", memory(32, -20)),
        ("8@(%rsp)", memory(152, 0)),
        ("4@0x10(%rax)", memory(80, 16)),
        ("4@counter(%rip)", memory(128, 0x3010)),
        ("4@counter+8(%rip)", memory(128, 0x3018)),
        ("4@counter-8(%rip)", memory(128, 0x3008)),
        (
            "8@-8(%rax,%rdx,4)",
            Operand::Indexed { base: Some(80), index: 96, shift: 2, displacement: -8 },
        ),
        (
            "8@(%rax, %rdx)",
            Operand::Indexed { base: Some(80), index: 96, shift: 0, displacement: 0 },
        ),
        ("8@16(,%rdx,8)", Operand::Indexed { base: None, index: 96, shift: 3, displacement: 16 }),
    ];
    for (text, wanted) in cases {
        assert_eq!(one(text), Some(wanted), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_an_error_that_shows_it() {
    for text in [
        "8",
        "@%rdi",
        "3@%rdi",
        "16@%xmm0",
        "8f@%xmm0",
        "8@",
        "8@%",
        "8@%rxx",
        "8@rdi",
        "8@$",
        "8@$+5",
        "8@$five",
        "8@5",
        "8@5(%rdi",
        "8@5(%rdi)x",
        "8@(%rdi,%rsi,3)",
        "8@(%rdi,%rsi,1,1)",
        "8@()",
        "8@unknown(%rip)",
        "8@4(%rip)",
        "8@99999999999999999999(%rdi)",
        "--4@%eax",
    ] {
        let why = parsed(text).unwrap_err();
        assert!(why.contains(&format!("{text:?}")), "{text}: {why}");
    }
}

#[test]
fn arguments_stand_side_by_side() {
    let list = parsed("8@%rdi -4@-20(%rbp)  8@(%rax, %rdx, 8) 1@$5").unwrap();
    let sizes: Vec<_> = list.iter().map(|one| (one.size, one.is_signed)).collect();
    assert_eq!(sizes, [(8, false), (4, true), (8, false), (1, false)]);
    assert_eq!(parsed(""), Ok(Vec::new()));
}

#[test]
fn more_arguments_than_there_is_room_for_are_an_error() {
    let text = |count: usize| vec!["8@%rdi"; count].join(" ");
    assert_eq!(parsed(&text(ARGUMENTS)).unwrap().len(), ARGUMENTS);
    assert!(parsed(&text(ARGUMENTS + 1)).is_err());
}

#[test]
fn the_bytes_are_laid_out_as_the_record_says() {
    use writ_bundle::record::usdt;
    let list = parsed("-4@-8(%rax,%rdx,4)").unwrap();
    let bytes = list[0].bytes();
    assert_eq!(bytes[usdt::NUMBER..][..8], (-8_i64).to_le_bytes());
    assert_eq!(bytes[usdt::BASE..][..2], 80_u16.to_le_bytes());
    assert_eq!(bytes[usdt::INDEX..][..2], 96_u16.to_le_bytes());
    let rest = [usdt::KIND, usdt::SHIFT, usdt::SIZE, usdt::SIGNED].map(|at| bytes[at]);
    assert_eq!(rest, [usdt::kind::INDEXED, 2, 4, 1]);
}
