//! The types in a `CelExpr` formula, as Tetragon's compiler takes them (`pkg/celbpf`).

use crate::policy::cel::{BinaryOperator, Expression, Kind, UnaryOperator};
use crate::policy::{ArgumentType, Hook};
use crate::source::Span;

use super::hooks;
use super::target::Target;

/// A type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Boolean,
    Signed32,
    Unsigned32,
    Signed64,
    Unsigned64,
}

/// What Tetragon does not take, and where.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) span: Span,
    pub(super) text: String,
}

/// How deep a formula is looked into. The parser allows no deeper ones.
const DEEPEST: usize = 256;

/// The first thing in a formula that Tetragon's compiler refuses.
pub(super) fn mistake(formula: &Expression, hook: &Hook, target: &Target<'_>) -> Option<Mistake> {
    match (Typer { hook, target }).type_of(formula, DEEPEST) {
        Err(mistake) => Some(mistake),
        Ok(Type::Boolean) => None,
        Ok(_) => Some(wrong(formula.span, "the formula is a number, and must be true or false")),
    }
}

struct Typer<'a> {
    hook: &'a Hook,
    target: &'a Target<'a>,
}

impl Typer<'_> {
    fn type_of(&self, formula: &Expression, depth: usize) -> Result<Type, Mistake> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(wrong(formula.span, "the formula is nested too deep"));
        };
        match &formula.kind {
            Kind::Integer(_) => Ok(Type::Signed64),
            Kind::Unsigned(_) => Ok(Type::Unsigned64),
            Kind::Boolean(_) => Ok(Type::Boolean),
            Kind::Name(name) => self.argument(name, formula.span),
            Kind::Unary { operator, operand } => match operator.value {
                UnaryOperator::Not => {
                    self.boolean(operand, depth)?;
                    Ok(Type::Boolean)
                }
                UnaryOperator::Negate => {
                    Err(wrong(operator.span, "a sign can only stand before a number"))
                }
            },
            Kind::Binary { operator, left, right } => {
                self.binary(operator.value, left, right, formula.span, depth)
            }
            Kind::Call { function, receiver: None, arguments } => {
                self.call(&function.value, arguments, formula.span, depth)
            }
            Kind::OtherLiteral(_)
            | Kind::Conditional { .. }
            | Kind::Call { .. }
            | Kind::Select { .. }
            | Kind::Index { .. }
            | Kind::List(_)
            | Kind::Map => Err(wrong(formula.span, "its compiler has no such form")),
        }
    }

    fn argument(&self, name: &str, span: Span) -> Result<Type, Mistake> {
        let undeclared = || wrong(span, &format!("undeclared reference to `{name}`"));
        let place: usize = name
            .strip_prefix("arg")
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(undeclared)?;
        let argument = self.hook.arguments.get(place).ok_or_else(undeclared)?;
        match hooks::type_of(self.hook, argument, self.target) {
            Some(ArgumentType::Int | ArgumentType::Int32 | ArgumentType::Sint32) => {
                Ok(Type::Signed32)
            }
            Some(ArgumentType::Int64 | ArgumentType::Sint64 | ArgumentType::Long) => {
                Ok(Type::Signed64)
            }
            Some(ArgumentType::Uint32) => Ok(Type::Unsigned32),
            Some(ArgumentType::Uint64 | ArgumentType::Ulong) => Ok(Type::Unsigned64),
            Some(_) | None => Err(undeclared()),
        }
    }

    fn boolean(&self, operand: &Expression, depth: usize) -> Result<(), Mistake> {
        match self.type_of(operand, depth)? {
            Type::Boolean => Ok(()),
            Type::Signed32 | Type::Unsigned32 | Type::Signed64 | Type::Unsigned64 => {
                Err(wrong(operand.span, "this is a number, and must be true or false"))
            }
        }
    }

    fn same(
        &self,
        left: &Expression,
        right: &Expression,
        span: Span,
        depth: usize,
    ) -> Result<Type, Mistake> {
        let (one, other) = (self.type_of(left, depth)?, self.type_of(right, depth)?);
        if one == other {
            return Ok(one);
        }
        let text = format!("it converts nothing by itself: {} with {}", one.name(), other.name());
        Err(wrong(span, &text))
    }

    fn binary(
        &self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        span: Span,
        depth: usize,
    ) -> Result<Type, Mistake> {
        match operator {
            BinaryOperator::Or | BinaryOperator::And => {
                self.boolean(left, depth)?;
                self.boolean(right, depth)?;
                Ok(Type::Boolean)
            }
            BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual => {
                self.same(left, right, span, depth)?;
                Ok(Type::Boolean)
            }
            BinaryOperator::Add | BinaryOperator::Subtract => self.same(left, right, span, depth),
            BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Remainder
            | BinaryOperator::In => Err(wrong(span, "its compiler has no such operator")),
        }
    }

    fn call(
        &self,
        function: &str,
        arguments: &[Expression],
        span: Span,
        depth: usize,
    ) -> Result<Type, Mistake> {
        match (function, arguments) {
            ("int32", [one]) => self.type_of(one, depth).map(|_| Type::Signed32),
            ("uint32", [one]) => self.type_of(one, depth).map(|_| Type::Unsigned32),
            ("not", [one]) => self.type_of(one, depth),
            ("and" | "or" | "xor", [left, right]) => self.same(left, right, span, depth),
            _ => Err(wrong(span, &format!("its compiler has no function `{function}` like this"))),
        }
    }
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "`bool`",
            Self::Signed32 => "`int32`",
            Self::Unsigned32 => "`uint32`",
            Self::Signed64 => "`int`",
            Self::Unsigned64 => "`uint`",
        }
    }
}

fn wrong(span: Span, text: &str) -> Mistake {
    Mistake { span, text: text.to_owned() }
}
