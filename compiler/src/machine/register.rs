//! The registers of the eBPF machine.

use std::fmt;

/// A 64-bit register.
///
/// R0 holds results, R1 to R5 arguments that die at a call, R6 to R9 survive calls, and R10 is the
/// read-only frame pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Register {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}

impl Register {
    /// Registers that carry the arguments of a call, in order.
    pub const ARGUMENTS: [Self; 5] = [Self::R1, Self::R2, Self::R3, Self::R4, Self::R5];

    /// Registers that a call leaves alone, besides the frame pointer.
    pub const SAVED: [Self; 4] = [Self::R6, Self::R7, Self::R8, Self::R9];

    /// The number in an instruction's byte.
    pub fn number(self) -> u8 {
        match self {
            Self::R0 => 0,
            Self::R1 => 1,
            Self::R2 => 2,
            Self::R3 => 3,
            Self::R4 => 4,
            Self::R5 => 5,
            Self::R6 => 6,
            Self::R7 => 7,
            Self::R8 => 8,
            Self::R9 => 9,
            Self::R10 => 10,
        }
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.number())
    }
}
