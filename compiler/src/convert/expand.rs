//! Conditions with `or` and `not` as alternatives, each of which joins tests by `and`.

use super::{negate, report};
use crate::diagnostic::Diagnostics;
use crate::policy::{ArgumentReference, Condition, Expression, Operator};
use crate::source::Span;

/// Most alternatives of one rule. Tetragon takes far fewer; this bounds work and memory.
pub(super) const ALTERNATIVES_MAX: usize = 256;

/// Most tests in all alternatives of one rule.
const TESTS_MAX: usize = 16 * ALTERNATIVES_MAX;

/// One way in which a condition can hold: all of the tests do.
pub(super) type Alternative = Vec<Condition>;

/// Why there are no alternatives.
enum Obstacle {
    TooMany,
    /// A test that has no negative form.
    NoNegation(Span),
}

/// The alternatives of a condition, in order. `None`: there is an obstacle, which is reported.
pub(super) fn alternatives(
    condition: &Expression,
    rule: Span,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Alternative>> {
    match expand(condition, Sign::Plain) {
        Ok(alternatives) => Some(alternatives),
        Err(Obstacle::TooMany) => {
            report::too_many(diagnostics, rule, ALTERNATIVES_MAX);
            None
        }
        Err(Obstacle::NoNegation(span)) => {
            let help = "write a rule before this one that does nothing when the test holds: \
                        `when … => drop`";
            report::no_form(diagnostics, span, "nothing says that this does not hold", help);
            None
        }
    }
}

/// Whether an expression stands under an odd number of `not`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plain,
    Negated,
}

impl Sign {
    fn other(self) -> Self {
        match self {
            Self::Plain => Self::Negated,
            Self::Negated => Self::Plain,
        }
    }
}

/// `not` is moved to the tests, where it turns `and` into `or` and back.
fn expand(expression: &Expression, sign: Sign) -> Result<Vec<Alternative>, Obstacle> {
    match (expression, sign) {
        (Expression::Test(test), Sign::Plain) => Ok(vec![vec![test.clone()]]),
        (Expression::Test(test), Sign::Negated) => match negate::negated(test) {
            Some(test) => Ok(vec![vec![test]]),
            None => Err(Obstacle::NoNegation(test.span())),
        },
        (Expression::Not(part), sign) => expand(part, sign.other()),
        (Expression::All(parts), Sign::Plain) | (Expression::Any(parts), Sign::Negated) => {
            all(parts, sign)
        }
        (Expression::Any(parts), Sign::Plain) | (Expression::All(parts), Sign::Negated) => {
            any(parts, sign)
        }
    }
}

fn any(parts: &[Expression], sign: Sign) -> Result<Vec<Alternative>, Obstacle> {
    let mut alternatives: Vec<Alternative> = Vec::new();
    for part in parts {
        for alternative in expand(part, sign)? {
            add(alternative, &mut alternatives);
        }
        check(&alternatives)?;
    }
    Ok(alternatives)
}

/// Two tests that differ in their values only are one, with the values of both.
fn add(alternative: Alternative, alternatives: &mut Vec<Alternative>) {
    if let ([test], Some([last])) =
        (alternative.as_slice(), alternatives.last_mut().map(Vec::as_mut_slice))
        && join(last, test)
    {
        return;
    }
    alternatives.push(alternative);
}

/// Adds the values of `test` to `into` if both ask the same, in a way in which one of several values
/// is enough.
fn join(into: &mut Condition, test: &Condition) -> bool {
    match (into, test) {
        (
            Condition::Argument { argument, operator, values, .. },
            Condition::Argument { argument: other, operator: other_operator, values: more, .. },
        ) if is_any_of(operator.value)
            && operator.value == other_operator.value
            && is_same(argument, other) =>
        {
            values.extend(more.iter().cloned());
            true
        }
        (
            Condition::Binary { whose, operator, values, follow_children, .. },
            Condition::Binary {
                whose: other,
                operator: other_operator,
                values: more,
                follow_children: also,
                ..
            },
        ) if is_any_of(operator.value)
            && (*whose, operator.value, follow_children.is_some())
                == (*other, other_operator.value, also.is_some()) =>
        {
            values.extend(more.iter().cloned());
            true
        }
        _ => false,
    }
}

fn is_same(one: &ArgumentReference, other: &ArgumentReference) -> bool {
    match (one, other) {
        (ArgumentReference::Index(one), ArgumentReference::Index(other))
        | (ArgumentReference::Place(one), ArgumentReference::Place(other))
        | (ArgumentReference::Data(one), ArgumentReference::Data(other)) => {
            one.value == other.value
        }
        (
            ArgumentReference::Name { name: one, .. },
            ArgumentReference::Name { name: other, .. },
        ) => one.value == other.value,
        _ => false,
    }
}

/// Whether an operator holds when it holds for one of its values.
fn is_any_of(operator: Operator) -> bool {
    [
        Operator::In,
        Operator::Equal,
        Operator::Prefix,
        Operator::Postfix,
        Operator::InMap,
        Operator::InRange,
        Operator::Mask,
        Operator::SPort,
        Operator::DPort,
        Operator::SAddr,
        Operator::DAddr,
        Operator::Protocol,
        Operator::Family,
        Operator::State,
        Operator::SubString,
        Operator::SubStringIgnoreCase,
        Operator::FileType,
    ]
    .contains(&operator)
}

fn all(parts: &[Expression], sign: Sign) -> Result<Vec<Alternative>, Obstacle> {
    let mut alternatives: Vec<Alternative> = vec![Vec::new()];
    for part in parts {
        let more = expand(part, sign)?;
        if alternatives.len().saturating_mul(more.len()) > ALTERNATIVES_MAX {
            return Err(Obstacle::TooMany);
        }
        alternatives = alternatives
            .iter()
            .flat_map(|before| {
                more.iter().map(|after| before.iter().chain(after).cloned().collect())
            })
            .collect();
        check(&alternatives)?;
    }
    Ok(alternatives)
}

fn check(alternatives: &[Alternative]) -> Result<(), Obstacle> {
    let tests: usize = alternatives.iter().map(Vec::len).sum();
    let is_small = alternatives.len() <= ALTERNATIVES_MAX && tests <= TESTS_MAX;
    if is_small { Ok(()) } else { Err(Obstacle::TooMany) }
}
