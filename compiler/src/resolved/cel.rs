//! A formula of `CelExpr` whose types are right.

use super::ArgumentId;
use crate::policy::cel::{BinaryOperator, UnaryOperator};
use crate::source::Span;

/// A formula, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    pub span: Span,
    pub type_: Type,
    pub kind: FormulaKind,
}

/// The type of a part. CEL converts none into another by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    Boolean,
    /// `int`: 64 bits with a sign.
    Signed64,
    /// `uint`: 64 bits.
    Unsigned64,
    /// `s32`, Tetragon's own.
    Signed32,
    /// `u32`, Tetragon's own.
    Unsigned32,
}

impl Type {
    /// What error messages of Tetragon call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Signed64 => "int",
            Self::Unsigned64 => "uint",
            Self::Signed32 => "s32",
            Self::Unsigned32 => "u32",
        }
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        self != Self::Boolean
    }
}

/// What a part of a formula is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormulaKind {
    Argument(ArgumentId),
    /// A number; for the unsigned types its bits.
    Number(i128),
    Boolean(bool),
    Unary {
        operator: UnaryOperator,
        operand: Box<Formula>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Formula>,
        right: Box<Formula>,
    },
    /// `int32(a)` and `uint32(a)`: the low 32 bits.
    Narrow(Box<Formula>),
    /// `and(a, b)`, `or(a, b)` and `xor(a, b)`, bit by bit.
    Bits {
        operator: BitOperator,
        left: Box<Formula>,
        right: Box<Formula>,
    },
    /// `not(a)`: every bit the other way.
    Complement(Box<Formula>),
}

/// What is done with the bits of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BitOperator {
    And,
    Or,
    Xor,
}
