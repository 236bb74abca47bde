//! The test that holds exactly when another does not.
//!
//! An argument that cannot be read fails the selector under negative operators, too, as it fails the
//! rule under `not`.

use crate::policy::{Condition, Operator};
use crate::source::Spanned;

/// The opposite of a test. `None`: TracingPolicy has none.
pub(super) fn negated(test: &Condition) -> Option<Condition> {
    let mut opposite = test.clone();
    match &mut opposite {
        Condition::Argument { operator, values, .. } => {
            if let Some(negative) = bound(operator.value, values) {
                (operator.value, *values) = negative;
            } else {
                operator.value = opposite_of(operator.value)?;
            }
        }
        Condition::Binary { operator, .. }
        | Condition::Pid { operator, .. }
        | Condition::Namespace { operator, .. }
        // `In` is "one of", and `NotIn` is "none of".
        | Condition::Capability { operator, is_namespace_capability: None, .. } => {
            operator.value = opposite_of(operator.value)?;
        }
        // The formula itself knows `!`.
        Condition::Cel { values, .. } => {
            let [only] = values.as_mut_slice() else { return None };
            only.value = format!("!({})", only.value);
        }
        // `NotIn` of a change asks for a change of another kind, and a label belongs to a pod, so
        // that its opposite would leave out the processes of the host.
        Condition::Capability { .. }
        | Condition::CapabilitiesGained { .. }
        | Condition::NamespaceChange { .. }
        | Condition::CapabilityChange { .. }
        | Condition::Workload { .. } => return None,
    }
    Some(opposite)
}

/// "Not greater than 5" is "less than 6". Of several values, the least decides.
fn bound(
    operator: Operator,
    values: &[Spanned<String>],
) -> Option<(Operator, Vec<Spanned<String>>)> {
    let numbers = || values.iter().map(|value| Some((number(&value.value)?, value.span)));
    let (opposite, limit, span) = if operator == Operator::GreaterThan {
        let (limit, span) = numbers().collect::<Option<Vec<_>>>()?.into_iter().min()?;
        (Operator::LessThan, limit.checked_add(1)?, span)
    } else if operator == Operator::LessThan {
        let (limit, span) = numbers().collect::<Option<Vec<_>>>()?.into_iter().max()?;
        (Operator::GreaterThan, limit.checked_sub(1)?, span)
    } else {
        return None;
    };
    // Behind the last number there is none to compare with.
    let is_number = i128::from(i64::MIN) <= limit && limit <= i128::from(u64::MAX);
    is_number.then(|| (opposite, vec![Spanned::new(limit.to_string(), span)]))
}

/// A number as the language writes it: decimal, or with `0x`, `0o` or `0b`.
fn number(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let digits = digits.replace('_', "");
    let number = match (digits.get(..2), digits.get(2..)) {
        (Some("0x"), Some(rest)) => i128::from_str_radix(rest, 16),
        (Some("0o"), Some(rest)) => i128::from_str_radix(rest, 8),
        (Some("0b"), Some(rest)) => i128::from_str_radix(rest, 2),
        _ => digits.parse(),
    };
    number.ok().map(|number| sign * number)
}

const PAIRS: [(Operator, Operator); 13] = [
    (Operator::In, Operator::NotIn),
    (Operator::Equal, Operator::NotEqual),
    (Operator::Prefix, Operator::NotPrefix),
    (Operator::Postfix, Operator::NotPostfix),
    (Operator::InMap, Operator::NotInMap),
    (Operator::InRange, Operator::NotInRange),
    (Operator::SPort, Operator::NotSPort),
    (Operator::SPortPriv, Operator::NotSPortPriv),
    (Operator::DPort, Operator::NotDPort),
    (Operator::DPortPriv, Operator::NotDPortPriv),
    (Operator::SAddr, Operator::NotSAddr),
    (Operator::DAddr, Operator::NotDAddr),
    (Operator::FileType, Operator::NotFileType),
];

fn opposite_of(operator: Operator) -> Option<Operator> {
    PAIRS.iter().find_map(|&(positive, negative)| match operator {
        found if found == positive => Some(negative),
        found if found == negative => Some(positive),
        _ => None,
    })
}
