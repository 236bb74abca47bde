//! Random formulas over the arguments of a hook.

use writ::policy::cel::{BinaryOperator, UnaryOperator};
use writ::resolved::cel::{BitOperator, Formula, FormulaKind, Type};
use writ::resolved::{ArgumentId, Reader, Signedness};
use writ::source::{SourceMap, Span};

use super::Random;

/// A formula that asks something, of a few levels.
pub(crate) fn formula(random: &mut Random, ids: &[(ArgumentId, Reader)]) -> Formula {
    question(random, ids, 3)
}

fn question(random: &mut Random, ids: &[(ArgumentId, Reader)], depth: u32) -> Formula {
    let inner = |random: &mut Random| Box::new(question(random, ids, depth - 1));
    let kind = match random.below(if depth == 0 { 2 } else { 7 }) {
        1 => FormulaKind::Boolean(random.once_in(2)),
        2 => FormulaKind::Unary { operator: UnaryOperator::Not, operand: inner(random) },
        3 | 4 => {
            let operator = *random.one_of(&[BinaryOperator::Or, BinaryOperator::And]);
            FormulaKind::Binary { operator, left: inner(random), right: inner(random) }
        }
        5 => {
            let operator = *random.one_of(&[BinaryOperator::Equal, BinaryOperator::NotEqual]);
            FormulaKind::Binary { operator, left: inner(random), right: inner(random) }
        }
        _ => comparison(random, ids),
    };
    made(Type::Boolean, kind)
}

fn comparison(random: &mut Random, ids: &[(ArgumentId, Reader)]) -> FormulaKind {
    const OPERATORS: [BinaryOperator; 6] = [
        BinaryOperator::Equal,
        BinaryOperator::NotEqual,
        BinaryOperator::Less,
        BinaryOperator::LessOrEqual,
        BinaryOperator::Greater,
        BinaryOperator::GreaterOrEqual,
    ];
    let type_ = number_type(random);
    let operator = *random.one_of(&OPERATORS);
    let left = number(random, ids, type_, 2).into();
    FormulaKind::Binary { operator, left, right: number(random, ids, type_, 2).into() }
}

fn number_type(random: &mut Random) -> Type {
    *random.one_of(&[Type::Signed64, Type::Unsigned64, Type::Signed32, Type::Unsigned32])
}

fn number(random: &mut Random, ids: &[(ArgumentId, Reader)], type_: Type, depth: u32) -> Formula {
    let inner = |random: &mut Random| Box::new(number(random, ids, type_, depth - 1));
    let kind = match random.below(if depth == 0 { 2 } else { 8 }) {
        2 | 3 => {
            let operator = *random.one_of(&[BinaryOperator::Add, BinaryOperator::Subtract]);
            FormulaKind::Binary { operator, left: inner(random), right: inner(random) }
        }
        4 => {
            let operator = *random.one_of(&[BitOperator::And, BitOperator::Or, BitOperator::Xor]);
            FormulaKind::Bits { operator, left: inner(random), right: inner(random) }
        }
        5 => FormulaKind::Complement(inner(random)),
        6 if matches!(type_, Type::Signed64 | Type::Signed32) => {
            FormulaKind::Unary { operator: UnaryOperator::Negate, operand: inner(random) }
        }
        6 if type_ == Type::Unsigned32 => {
            let of = *random.one_of(&[Type::Signed64, Type::Unsigned64]);
            FormulaKind::Narrow(number(random, ids, of, depth - 1).into())
        }
        7 if type_ == Type::Signed32 => {
            FormulaKind::Narrow(number(random, ids, Type::Signed64, depth - 1).into())
        }
        _ => leaf(random, ids, type_),
    };
    made(type_, kind)
}

fn leaf(random: &mut Random, ids: &[(ArgumentId, Reader)], type_: Type) -> FormulaKind {
    let fitting: Vec<ArgumentId> = ids
        .iter()
        .filter(|(_, reader)| type_of(*reader) == Some(type_))
        .map(|(argument, _)| *argument)
        .collect();
    if !fitting.is_empty() && !random.once_in(3) {
        return FormulaKind::Argument(*random.one_of(&fitting));
    }
    let bits = random.bits();
    FormulaKind::Number(match type_ {
        Type::Unsigned64 => bits.into(),
        Type::Boolean | Type::Signed64 | Type::Signed32 | Type::Unsigned32 => {
            bits.cast_signed().into()
        }
    })
}

fn type_of(reader: Reader) -> Option<Type> {
    match reader {
        Reader::Integer { bytes: 4, signedness: Signedness::Signed } => Some(Type::Signed32),
        Reader::Integer { bytes: 4, signedness: Signedness::Unsigned } => Some(Type::Unsigned32),
        Reader::Integer { bytes: 8, signedness: Signedness::Signed } => Some(Type::Signed64),
        Reader::Integer { bytes: 8, signedness: Signedness::Unsigned } => Some(Type::Unsigned64),
        _ => None,
    }
}

fn made(type_: Type, kind: FormulaKind) -> Formula {
    Formula { span: Span::new(SourceMap::default().add("", ""), 0..0), type_, kind }
}
