//! What a program's registers become after a uprobe (`argRegs`).

use std::fmt;

/// A register, or its lower part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register {
    /// As it is written, without `%`: `rax`, `eax`.
    pub name: String,
    /// Where the whole register is in `struct pt_regs`.
    pub offset: u32,
    /// How many of its lower bytes are meant: 1, 2, 4 or 8.
    pub bytes: u32,
}

/// A register becomes something. As on the processor, writing the lower four bytes clears the upper
/// ones, and writing one or two leaves the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment {
    pub to: Register,
    pub from: Assigned,
}

/// What a register becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assigned {
    /// `11`
    Number(u64),
    /// `8%rsp`: the sum, which wraps around.
    Sum(Register, u64),
    /// `8(%rsp)`: the eight bytes at that address in the program's memory.
    Memory(Register, u64),
}

/// `rsp=8%rsp`
impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.to.name)?;
        match &self.from {
            Assigned::Number(number) => write!(f, "{}", number.cast_signed()),
            Assigned::Sum(register, 0) => write!(f, "%{}", register.name),
            Assigned::Sum(register, more) => write!(f, "{}%{}", more.cast_signed(), register.name),
            Assigned::Memory(register, 0) => write!(f, "(%{})", register.name),
            Assigned::Memory(register, more) => {
                write!(f, "{}(%{})", more.cast_signed(), register.name)
            }
        }
    }
}
