//! Registers by name: where they stand in `struct pt_regs` of x86-64
//! (`arch/x86/include/asm/ptrace.h`), and how many bytes of them a name means.

/// The 64-bit registers and their offsets in bytes.
const REGISTERS: [(&str, u32); 20] = [
    ("r15", 0),
    ("r14", 8),
    ("r13", 16),
    ("r12", 24),
    ("rbp", 32),
    ("rbx", 40),
    ("r11", 48),
    ("r10", 56),
    ("r9", 64),
    ("r8", 72),
    ("rax", 80),
    ("rcx", 88),
    ("rdx", 96),
    ("rsi", 104),
    ("rdi", 112),
    ("orig_rax", 120),
    ("rip", 128),
    ("cs", 136),
    ("eflags", 144),
    ("rsp", 152),
];

/// Offset in `struct pt_regs` and bytes of the register with this name.
pub(super) fn register(name: &str) -> Option<(u32, u32)> {
    let (whole, bytes) = whole(name);
    let found = REGISTERS.iter().find(|(known, _)| *known == whole);
    found.map(|(_, offset)| (*offset, bytes))
}

/// Whether the register at this offset of `struct pt_regs` is for the program to set. The others
/// decide how the kernel goes back to it.
pub(super) fn is_the_programs(offset: u32) -> bool {
    const THE_KERNELS: [&str; 3] = ["orig_rax", "cs", "eflags"];
    let found = REGISTERS.iter().find(|(_, known)| *known == offset);
    found.is_some_and(|(name, _)| !THE_KERNELS.contains(name))
}

/// Names of the 64-bit registers, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    REGISTERS.iter().map(|(name, _)| *name)
}

/// The 64-bit register of which `name` is a part, and the part's bytes.
fn whole(name: &str) -> (String, u32) {
    let numbered =
        name.strip_prefix('r').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if numbered.is_some() {
        for (ending, bytes) in [("d", 4), ("w", 2), ("b", 1)] {
            if let Some(whole) = name.strip_suffix(ending) {
                return (whole.to_owned(), bytes);
            }
        }
        return (name.to_owned(), 8);
    }
    if let Some(rest) = name.strip_prefix('e').filter(|rest| rest.len() == 2) {
        return (format!("r{rest}"), 4);
    }
    match name {
        "ax" | "bx" | "cx" | "dx" | "si" | "di" | "bp" | "sp" => (format!("r{name}"), 2),
        "al" | "bl" | "cl" | "dl" => (format!("r{}x", name.trim_end_matches('l')), 1),
        "sil" | "dil" | "bpl" | "spl" => (format!("r{}", name.trim_end_matches('l')), 1),
        _ => (name.to_owned(), 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_register_is_where_the_register_is() {
        let cases = [
            ("rax", Some((80, 8))),
            ("eax", Some((80, 4))),
            ("ax", Some((80, 2))),
            ("al", Some((80, 1))),
            ("r10d", Some((56, 4))),
            ("sil", Some((104, 1))),
            ("rip", Some((128, 8))),
            ("eflags", Some((144, 8))),
            ("r16", None),
            ("x0", None),
            ("", None),
        ];
        for (name, wanted) in cases {
            assert_eq!(register(name), wanted, "{name}");
        }
    }
}
