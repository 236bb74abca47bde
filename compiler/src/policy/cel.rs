//! An expression of the Common Expression Language, as `CelExpr` takes it.

use crate::source::{Span, Spanned};

/// An expression, and where it stands in the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub span: Span,
    pub kind: Kind,
}

/// The forms of an expression. Those that no engine runs are kept too, so that they can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `7`, `-1`, `0x1f`
    Integer(i64),
    /// `7u`
    Unsigned(u64),
    /// `true` or `false`
    Boolean(bool),
    /// A text, a number with a fraction, bytes or `null`: what it is called.
    OtherLiteral(&'static str),
    /// `arg0`, or another name.
    Name(String),
    /// `-a` or `!a`
    Unary { operator: Spanned<UnaryOperator>, operand: Box<Expression> },
    /// `a + b`, `a && b`, …
    Binary { operator: Spanned<BinaryOperator>, left: Box<Expression>, right: Box<Expression> },
    /// `a ? b : c`
    Conditional { condition: Box<Expression>, yes: Box<Expression>, no: Box<Expression> },
    /// `name(a, b)`; a call on a value has it as `receiver`.
    Call {
        function: Spanned<String>,
        receiver: Option<Box<Expression>>,
        arguments: Vec<Expression>,
    },
    /// `a.field`
    Select { operand: Box<Expression>, field: Spanned<String> },
    /// `a[b]`
    Index { operand: Box<Expression>, index: Box<Expression> },
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{a: b}`, or `Name{a: b}`
    Map,
}

/// An operator before one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnaryOperator {
    Negate,
    Not,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    In,
}

impl BinaryOperator {
    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::In => "in",
        }
    }
}
