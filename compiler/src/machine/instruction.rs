//! What instructions mean. Fields read in the order of the sentence: to ← base + offset.

use super::{Field, FieldFact, Register};

/// One instruction, or one that takes two slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// to ← from. With [`Width::Bits32`] the upper half of `to` becomes zero.
    Move { width: Width, to: Register, from: Operand },
    /// to ← value; takes two slots.
    LoadImmediate64 { to: Register, value: u64 },
    /// to ← to `operation` by. With [`Width::Bits32`] the upper half of `to` becomes zero.
    Arithmetic { width: Width, operation: Arithmetic, to: Register, by: Operand },
    /// to ← −to.
    Negate { width: Width, to: Register },
    /// to ← memory at base + offset, zero-extended.
    Load { size: Size, to: Register, base: Register, offset: i16 },
    /// memory at base + offset ← from. An immediate is sign-extended.
    Store { size: Size, base: Register, offset: i16, from: Operand },
    /// to ← address of the map, for helpers; takes two slots.
    LoadMapAddress { to: Register, map: String },
    /// to ← address of a global variable of the runtime library + offset; takes two slots.
    LoadGlobalAddress { to: Register, symbol: String, offset: u32 },
    /// to ← what the kernel says of a field. Loaders put it there; until then, it is what the kernel
    /// says for which the code was made.
    LoadFieldFact { to: Register, fact: FieldFact, field: Box<Field> },
    /// Goes on at `target`.
    Jump { target: Label },
    /// Goes on at `target` when `left comparison right` holds.
    JumpIf { width: Width, left: Register, comparison: Comparison, right: Operand, target: Label },
    /// R0 ← helper(R1…R5); R1 to R5 are lost.
    CallHelper { helper: Helper },
    /// R0 ← routine(R1…R5) of the runtime library; R1 to R5 are lost.
    CallRoutine { name: String },
    /// Ends the program with the verdict in R0.
    Exit,
}

impl Instruction {
    /// to ← value, in the shortest form.
    pub fn constant(to: Register, value: u64) -> Self {
        match i32::try_from(value.cast_signed()) {
            Ok(immediate) => {
                Self::Move { width: Width::Bits64, to, from: Operand::Immediate(immediate) }
            }
            Err(_) => Self::LoadImmediate64 { to, value },
        }
    }

    /// to ← from.
    pub fn copy(to: Register, from: Register) -> Self {
        Self::Move { width: Width::Bits64, to, from: Operand::Register(from) }
    }

    /// to ← to + by.
    pub fn add(to: Register, by: impl Into<Operand>) -> Self {
        Self::arithmetic(Arithmetic::Add, to, by)
    }

    /// to ← to `operation` by, with 64 bits.
    pub fn arithmetic(operation: Arithmetic, to: Register, by: impl Into<Operand>) -> Self {
        Self::Arithmetic { width: Width::Bits64, operation, to, by: by.into() }
    }

    /// Goes on at `target` when `left comparison right` holds for all 64 bits.
    pub fn jump_if(
        left: Register,
        comparison: Comparison,
        right: impl Into<Operand>,
        target: Label,
    ) -> Self {
        Self::JumpIf { width: Width::Bits64, left, comparison, right: right.into(), target }
    }

    /// Slots that its encoding takes: 1 or 2.
    pub fn slots(&self) -> u32 {
        match self {
            Self::LoadImmediate64 { .. }
            | Self::LoadMapAddress { .. }
            | Self::LoadGlobalAddress { .. } => 2,
            Self::Move { .. }
            | Self::Arithmetic { .. }
            | Self::Negate { .. }
            | Self::Load { .. }
            | Self::Store { .. }
            | Self::LoadFieldFact { .. }
            | Self::Jump { .. }
            | Self::JumpIf { .. }
            | Self::CallHelper { .. }
            | Self::CallRoutine { .. }
            | Self::Exit => 1,
        }
    }

    /// Where it may jump to.
    pub fn target(&self) -> Option<Label> {
        match self {
            Self::Jump { target } | Self::JumpIf { target, .. } => Some(*target),
            Self::Move { .. }
            | Self::LoadImmediate64 { .. }
            | Self::Arithmetic { .. }
            | Self::Negate { .. }
            | Self::Load { .. }
            | Self::Store { .. }
            | Self::LoadMapAddress { .. }
            | Self::LoadGlobalAddress { .. }
            | Self::LoadFieldFact { .. }
            | Self::CallHelper { .. }
            | Self::CallRoutine { .. }
            | Self::Exit => None,
        }
    }

    /// Whether the next instruction can run after it.
    pub fn is_passed(&self) -> bool {
        !matches!(self, Self::Jump { .. } | Self::Exit)
    }
}

/// A place in the code, made by [`super::Assembler::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(pub(super) usize);

/// How many bits of the registers take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Bits32,
    Bits64,
}

/// How many bytes a load or store touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 1 byte.
    Byte,
    /// 2 bytes.
    Half,
    /// 4 bytes.
    Word,
    /// 8 bytes.
    Double,
}

impl Size {
    /// Its bytes.
    pub fn bytes(self) -> u8 {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
            Self::Double => 8,
        }
    }

    /// The size with this many bytes, if there is one.
    pub fn from_bytes(bytes: u32) -> Option<Self> {
        [Self::Byte, Self::Half, Self::Word, Self::Double]
            .into_iter()
            .find(|size| u32::from(size.bytes()) == bytes)
    }
}

/// The right side of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    Register(Register),
    /// Sign-extended to 64 bits where 64 take part.
    Immediate(i32),
}

impl From<Register> for Operand {
    fn from(register: Register) -> Self {
        Self::Register(register)
    }
}

impl From<i32> for Operand {
    fn from(immediate: i32) -> Self {
        Self::Immediate(immediate)
    }
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    /// Shifts right and keeps the sign.
    ShiftRightSigned,
}

/// What is asked of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    SignedGreater,
    SignedGreaterOrEqual,
    SignedLess,
    SignedLessOrEqual,
    /// Whether `left & right` is not zero. There is no opposite.
    AnyBitSet,
}

impl Comparison {
    /// The comparison that holds exactly when this one does not.
    pub fn opposite(self) -> Option<Self> {
        Some(match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::SignedGreater => Self::SignedLessOrEqual,
            Self::SignedGreaterOrEqual => Self::SignedLess,
            Self::SignedLess => Self::SignedGreaterOrEqual,
            Self::SignedLessOrEqual => Self::SignedGreater,
            Self::AnyBitSet => return None,
        })
    }
}

/// A helper function of the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Helper {
    /// Its value in `enum bpf_func_id`.
    pub number: u32,
    /// Such as `bpf_ktime_get_ns`; only printed.
    pub name: &'static str,
}
