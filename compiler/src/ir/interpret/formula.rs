//! What formulas answer.

use crate::policy::cel::{BinaryOperator, UnaryOperator};
use crate::resolved::cel::{BitOperator, Formula, FormulaKind, Type};

/// What a part of a formula gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Boolean(bool),
    Number(i128),
}

/// Whether `formula` holds; `value` is what each value that it names is. `None` when a number of 64
/// bits does not fit in them, which CEL calls an error. Numbers of 32 bits, which are Tetragon's
/// own, keep their low bits.
///
/// `&&` and `||` look at their right part only when the left does not decide.
pub(super) fn holds<V>(formula: &Formula<V>, value: &dyn Fn(&V) -> i128) -> Option<bool> {
    match part(formula, value)? {
        Given::Boolean(holds) => Some(holds),
        Given::Number(_) => None,
    }
}

fn part<V>(formula: &Formula<V>, value: &dyn Fn(&V) -> i128) -> Option<Given> {
    let type_ = formula.type_;
    let number = |inner| number(inner, value);
    Some(match &formula.kind {
        FormulaKind::Argument(named) => Given::Number(low_bits(value(named), type_)),
        FormulaKind::Number(written) => Given::Number(low_bits(*written, type_)),
        FormulaKind::Boolean(written) => Given::Boolean(*written),
        FormulaKind::Unary { operator: UnaryOperator::Not, operand } => {
            Given::Boolean(!holds(operand, value)?)
        }
        FormulaKind::Unary { operator: UnaryOperator::Negate, operand } => {
            Given::Number(fitting(-number(operand)?, type_)?)
        }
        FormulaKind::Binary { operator, left, right } => {
            return binary(*operator, left, right, value);
        }
        FormulaKind::Narrow(inner) => Given::Number(low_bits(number(inner)?, type_)),
        FormulaKind::Bits { operator, left, right } => {
            let (left, right) = (number(left)?, number(right)?);
            let bits = match operator {
                BitOperator::And => left & right,
                BitOperator::Or => left | right,
                BitOperator::Xor => left ^ right,
            };
            Given::Number(low_bits(bits, type_))
        }
        FormulaKind::Complement(inner) => Given::Number(low_bits(!number(inner)?, type_)),
    })
}

fn binary<V>(
    operator: BinaryOperator,
    left: &Formula<V>,
    right: &Formula<V>,
    value: &dyn Fn(&V) -> i128,
) -> Option<Given> {
    let numbers = || Some((number(left, value)?, number(right, value)?));
    let holds = match operator {
        BinaryOperator::Or => holds(left, value)? || holds(right, value)?,
        BinaryOperator::And => holds(left, value)? && holds(right, value)?,
        BinaryOperator::Equal => part(left, value)? == part(right, value)?,
        BinaryOperator::NotEqual => part(left, value)? != part(right, value)?,
        BinaryOperator::Less => numbers().map(|(left, right)| left < right)?,
        BinaryOperator::LessOrEqual => numbers().map(|(left, right)| left <= right)?,
        BinaryOperator::Greater => numbers().map(|(left, right)| left > right)?,
        BinaryOperator::GreaterOrEqual => numbers().map(|(left, right)| left >= right)?,
        BinaryOperator::Add | BinaryOperator::Subtract => {
            let (one, other) = numbers()?;
            let sum = if operator == BinaryOperator::Add { one + other } else { one - other };
            return Some(Given::Number(fitting(sum, left.type_)?));
        }
        // `resolve` gives these no type.
        BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder
        | BinaryOperator::In => return None,
    };
    Some(Given::Boolean(holds))
}

fn number<V>(formula: &Formula<V>, value: &dyn Fn(&V) -> i128) -> Option<i128> {
    match part(formula, value)? {
        Given::Number(number) => Some(number),
        Given::Boolean(_) => None,
    }
}

/// The number itself if 64 bits hold it, or what 32 bits hold of it.
fn fitting(number: i128, type_: Type) -> Option<i128> {
    let low = low_bits(number, type_);
    match type_ {
        Type::Signed64 | Type::Unsigned64 => (low == number).then_some(low),
        Type::Signed32 | Type::Unsigned32 => Some(low),
        Type::Boolean => None,
    }
}

/// The number that the low bits of `number` are, as many as the type has.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "low bits are wanted")]
fn low_bits(number: i128, type_: Type) -> i128 {
    match type_ {
        Type::Signed64 => i128::from(number as i64),
        Type::Unsigned64 => i128::from(number as u64),
        Type::Signed32 => i128::from(number as i32),
        Type::Unsigned32 => i128::from(number as u32),
        Type::Boolean => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    fn made(type_: Type, kind: FormulaKind<i128>) -> Formula<i128> {
        Formula { span: Span::new(SourceMap::default().add("", ""), 0..0), type_, kind }
    }

    /// `one operator other == expected`, all of one type.
    fn gives(
        type_: Type,
        (one, operator, other): (i128, BinaryOperator, i128),
        expected: i128,
    ) -> Option<bool> {
        let leaf = |number| Box::new(made(type_, FormulaKind::Argument(number)));
        let binary = |operator, left, right| FormulaKind::Binary { operator, left, right };
        let sum = made(type_, binary(operator, leaf(one), leaf(other)));
        let equal = binary(BinaryOperator::Equal, sum.into(), leaf(expected));
        holds(&made(Type::Boolean, equal), &|number| *number)
    }

    #[test]
    fn a_sum_of_64_bits_that_does_not_fit_is_no_answer_and_one_of_32_bits_is_cut() {
        use BinaryOperator::{Add, Subtract};
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let cases = [
            (Type::Signed64, (most, Add, 0), most, Some(true)),
            (Type::Signed64, (most, Add, 1), least, None),
            (Type::Signed64, (least, Subtract, 1), most, None),
            (Type::Unsigned64, (0, Subtract, 1), 0, None),
            (Type::Unsigned64, (i128::from(u64::MAX), Add, 1), 0, None),
            (Type::Signed32, (i128::from(i32::MAX), Add, 1), i128::from(i32::MIN), Some(true)),
            (Type::Unsigned32, (0, Subtract, 1), i128::from(u32::MAX), Some(true)),
            (Type::Unsigned32, (1 << 32 | 7, Add, 0), 7, Some(true)),
        ];
        for (type_, sum, expected, answer) in cases {
            assert_eq!(gives(type_, sum, expected), answer, "{type_:?} {sum:?}");
        }
    }

    #[test]
    fn the_right_part_is_looked_at_only_when_the_left_does_not_decide() {
        let yes = || Box::new(made(Type::Boolean, FormulaKind::Boolean(true)));
        let number = |number| Box::new(made(Type::Unsigned64, FormulaKind::Number(number)));
        let binary = |operator, left, right| FormulaKind::Binary { operator, left, right };
        let below = made(Type::Unsigned64, binary(BinaryOperator::Subtract, number(0), number(1)));
        let error = made(Type::Boolean, binary(BinaryOperator::Equal, below.into(), number(0)));
        let either = |left, right| made(Type::Boolean, binary(BinaryOperator::Or, left, right));
        let answer = |formula| holds::<i128>(&formula, &|number| *number);
        assert_eq!(answer(either(yes(), error.clone().into())), Some(true));
        assert_eq!(answer(either(error.into(), yes())), None);
    }
}
