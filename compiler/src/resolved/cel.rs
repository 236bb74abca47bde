//! A formula of `CelExpr` whose types are right.

use super::ArgumentId;
use crate::policy::cel::{BinaryOperator, UnaryOperator};
use crate::source::Span;

/// A formula, or a part of one; `V` is how it names a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula<V = ArgumentId> {
    pub span: Span,
    pub type_: Type,
    pub kind: FormulaKind<V>,
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

impl<V> Formula<V> {
    /// Every value that it names, from left to right, as often as it does.
    pub fn arguments(&self) -> Vec<&V> {
        match &self.kind {
            FormulaKind::Argument(value) => vec![value],
            FormulaKind::Number(_) | FormulaKind::Boolean(_) => Vec::new(),
            FormulaKind::Unary { operand: inner, .. }
            | FormulaKind::Narrow(inner)
            | FormulaKind::Complement(inner) => inner.arguments(),
            FormulaKind::Binary { left, right, .. } | FormulaKind::Bits { left, right, .. } => {
                let mut both = left.arguments();
                both.extend(right.arguments());
                both
            }
        }
    }

    /// The same formula with other names for its values; `None` when one has none.
    pub fn renamed<W>(&self, name: &mut impl FnMut(&V) -> Option<W>) -> Option<Formula<W>> {
        let kind = match &self.kind {
            FormulaKind::Argument(value) => FormulaKind::Argument(name(value)?),
            FormulaKind::Number(number) => FormulaKind::Number(*number),
            FormulaKind::Boolean(value) => FormulaKind::Boolean(*value),
            FormulaKind::Unary { operator, operand } => {
                let operand = operand.renamed(name)?.into();
                FormulaKind::Unary { operator: *operator, operand }
            }
            FormulaKind::Binary { operator, left, right } => {
                let (left, right) = (left.renamed(name)?.into(), right.renamed(name)?.into());
                FormulaKind::Binary { operator: *operator, left, right }
            }
            FormulaKind::Bits { operator, left, right } => {
                let (left, right) = (left.renamed(name)?.into(), right.renamed(name)?.into());
                FormulaKind::Bits { operator: *operator, left, right }
            }
            FormulaKind::Narrow(inner) => FormulaKind::Narrow(inner.renamed(name)?.into()),
            FormulaKind::Complement(inner) => FormulaKind::Complement(inner.renamed(name)?.into()),
        };
        Some(Formula { span: self.span, type_: self.type_, kind })
    }

    /// The formula as CEL, every part of a part in parentheses.
    pub fn words(&self, name: &dyn Fn(&V) -> String) -> String {
        let part = |inner: &Self| inner.grouped(name);
        match &self.kind {
            FormulaKind::Argument(value) => name(value),
            FormulaKind::Number(number) => match self.type_ {
                Type::Unsigned64 => format!("{number}u"),
                Type::Boolean | Type::Signed64 | Type::Signed32 | Type::Unsigned32 => {
                    number.to_string()
                }
            },
            FormulaKind::Boolean(value) => value.to_string(),
            FormulaKind::Unary { operator, operand } => match operator {
                UnaryOperator::Negate => format!("-{}", part(operand)),
                UnaryOperator::Not => format!("!{}", part(operand)),
            },
            FormulaKind::Binary { operator, left, right } => {
                format!("{} {} {}", part(left), operator.sign(), part(right))
            }
            FormulaKind::Narrow(inner) => match self.type_ {
                Type::Unsigned32 => format!("uint32({})", inner.words(name)),
                Type::Boolean | Type::Signed64 | Type::Unsigned64 | Type::Signed32 => {
                    format!("int32({})", inner.words(name))
                }
            },
            FormulaKind::Bits { operator, left, right } => {
                let function = match operator {
                    BitOperator::And => "and",
                    BitOperator::Or => "or",
                    BitOperator::Xor => "xor",
                };
                format!("{function}({}, {})", left.words(name), right.words(name))
            }
            FormulaKind::Complement(inner) => format!("not({})", inner.words(name)),
        }
    }

    fn grouped(&self, name: &dyn Fn(&V) -> String) -> String {
        let text = self.words(name);
        match self.kind {
            FormulaKind::Unary { .. } | FormulaKind::Binary { .. } => format!("({text})"),
            FormulaKind::Argument(_)
            | FormulaKind::Number(_)
            | FormulaKind::Boolean(_)
            | FormulaKind::Narrow(_)
            | FormulaKind::Bits { .. }
            | FormulaKind::Complement(_) => text,
        }
    }
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
pub enum FormulaKind<V = ArgumentId> {
    Argument(V),
    /// A number; for the unsigned types its bits.
    Number(i128),
    Boolean(bool),
    Unary {
        operator: UnaryOperator,
        operand: Box<Formula<V>>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Formula<V>>,
        right: Box<Formula<V>>,
    },
    /// `int32(a)` and `uint32(a)`: the low 32 bits.
    Narrow(Box<Formula<V>>),
    /// `and(a, b)`, `or(a, b)` and `xor(a, b)`, bit by bit.
    Bits {
        operator: BitOperator,
        left: Box<Formula<V>>,
        right: Box<Formula<V>>,
    },
    /// `not(a)`: every bit the other way.
    Complement(Box<Formula<V>>),
}

/// What is done with the bits of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BitOperator {
    And,
    Or,
    Xor,
}
