//! Registers as assembly for x86-64 names them, and where they stand in `struct pt_regs`
//! (`arch/x86/include/asm/ptrace.h`).

/// Offset in bytes, then the names for 8, 4, 2 and 1 byte of it.
const REGISTERS: [(u16, [&str; 4]); 17] = [
    (0, ["r15", "r15d", "r15w", "r15b"]),
    (8, ["r14", "r14d", "r14w", "r14b"]),
    (16, ["r13", "r13d", "r13w", "r13b"]),
    (24, ["r12", "r12d", "r12w", "r12b"]),
    (32, ["rbp", "ebp", "bp", "bpl"]),
    (40, ["rbx", "ebx", "bx", "bl"]),
    (56, ["r10", "r10d", "r10w", "r10b"]),
    (48, ["r11", "r11d", "r11w", "r11b"]),
    (64, ["r9", "r9d", "r9w", "r9b"]),
    (72, ["r8", "r8d", "r8w", "r8b"]),
    (80, ["rax", "eax", "ax", "al"]),
    (88, ["rcx", "ecx", "cx", "cl"]),
    (96, ["rdx", "edx", "dx", "dl"]),
    (104, ["rsi", "esi", "si", "sil"]),
    (112, ["rdi", "edi", "di", "dil"]),
    (128, ["rip", "eip", "ip", ""]),
    (152, ["rsp", "esp", "sp", "spl"]),
];

/// The second bytes of four registers have names of their own.
const SECOND_BYTES: [(u16, &str); 4] = [(81, "ah"), (41, "bh"), (89, "ch"), (97, "dh")];

/// Where the register with this name, without `%`, stands in `struct pt_regs`.
pub(super) fn offset(name: &str) -> Option<u16> {
    if name.is_empty() {
        return None;
    }
    let whole = REGISTERS.iter().find(|(_, names)| names.contains(&name));
    let second = || SECOND_BYTES.iter().find(|(_, known)| *known == name);
    whole.map(|(offset, _)| *offset).or_else(|| second().map(|(offset, _)| *offset))
}

/// Where the instruction pointer stands.
pub(super) const INSTRUCTION_POINTER: u16 = 128;
