//! The way through kernel structures that a `resolve` path takes, on one kernel.

use crate::source::Span;

/// From a pointer or a value to what is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The whole path as written.
    pub span: Span,
    /// The structure or union in which it begins, without the word `struct`; empty when it begins
    /// in an array or in a register.
    pub root: String,
    /// From left to right.
    pub steps: Vec<WalkStep>,
    /// The type in C of what is read: `unsigned int`, `char[16]`.
    pub type_text: String,
}

/// One step. Pointers on the way are steps of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkStep {
    /// To the place that the pointer here points to.
    Follow,
    /// To a member of the structure here.
    Member {
        name: String,
        /// Bits from the beginning of the structure.
        bit_offset: u32,
        /// Bits of a bit-field; 0 for an ordinary member.
        bit_size: u32,
        /// Index of the member at each level, anonymous levels included: the accessors of a CO-RE
        /// relocation, behind the leading 0.
        accessors: Vec<u32>,
    },
    /// To an element of the array here, each of so many bytes.
    Element { index: u32, bytes: u32 },
}
