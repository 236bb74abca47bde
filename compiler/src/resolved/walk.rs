//! The way through kernel structures that a `resolve` path takes, on one kernel.

use crate::kernel::Form;
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
    pub memory: AddressSpace,
}

/// Whose structures a walk goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressSpace {
    /// The kernel's. Loaders can find out where their fields are.
    Kernel,
    /// The hooked program's, which are as the policy's file has them.
    Program,
}

/// One step. Pointers on the way are steps of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkStep {
    /// To the place that the pointer here points to.
    Follow,
    /// To a member of the structure here.
    Member {
        /// The structure here.
        holder: Form,
        name: String,
        /// Bits from the beginning of the structure.
        bit_offset: u32,
        /// Bits of a bit-field; 0 for an ordinary member.
        bit_size: u32,
        /// What stands there.
        form: Form,
    },
    /// To an element of the array here.
    Element {
        index: u32,
        /// What stands there.
        form: Form,
    },
}

impl Walk {
    /// Whether it leads the same way as `other`, wherever each was written.
    pub fn is_same_way(&self, other: &Self) -> bool {
        self.root == other.root && self.steps == other.steps && self.memory == other.memory
    }

    /// Whether the value with which it begins is a pointer. Otherwise it begins inside what stands
    /// there: the task's structure, or an array in a tracepoint's record.
    pub fn begins_with_pointer(&self) -> bool {
        self.steps.first() == Some(&WalkStep::Follow)
    }

    /// What stands at its end; `None` when that is nothing but a pointer's target.
    pub fn end(&self) -> Option<&Form> {
        match self.steps.last()? {
            WalkStep::Follow => None,
            WalkStep::Member { form, .. } | WalkStep::Element { form, .. } => Some(form),
        }
    }
}
