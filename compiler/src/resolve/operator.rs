//! What an operator asks of an argument, and which senses it has.

use crate::policy::Operator;
use crate::resolved::Sense;

/// What an operator asks of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfNumber {
    /// Whether it is one of the values, which may be ranges.
    OneOf,
    /// The same, with values always in decimal.
    OneOfDecimal,
    /// Whether it is greater than a value.
    Greater,
    /// Whether it is less than a value.
    Less,
    /// Whether it has a bit of a value.
    Bits,
}

/// What `operator` asks of a number; `None` when it asks nothing of numbers.
pub(super) fn of_number(operator: Operator) -> Option<OfNumber> {
    match operator {
        Operator::Equal
        | Operator::NotEqual
        | Operator::In
        | Operator::NotIn
        | Operator::InRange
        | Operator::NotInRange => Some(OfNumber::OneOf),
        Operator::InMap | Operator::NotInMap => Some(OfNumber::OneOfDecimal),
        Operator::GreaterThan => Some(OfNumber::Greater),
        Operator::LessThan => Some(OfNumber::Less),
        Operator::Mask => Some(OfNumber::Bits),
        Operator::Prefix
        | Operator::NotPrefix
        | Operator::Postfix
        | Operator::NotPostfix
        | Operator::SPort
        | Operator::NotSPort
        | Operator::SPortPriv
        | Operator::NotSPortPriv
        | Operator::DPort
        | Operator::NotDPort
        | Operator::DPortPriv
        | Operator::NotDPortPriv
        | Operator::SAddr
        | Operator::NotSAddr
        | Operator::DAddr
        | Operator::NotDAddr
        | Operator::Protocol
        | Operator::Family
        | Operator::State
        | Operator::CapabilitiesGained
        | Operator::SubString
        | Operator::SubStringIgnoreCase
        | Operator::CelExpression
        | Operator::FileType
        | Operator::NotFileType => None,
    }
}

/// Which answer makes a condition with this operator hold.
pub(super) fn sense(operator: Operator) -> Sense {
    match operator {
        Operator::NotIn
        | Operator::NotEqual
        | Operator::NotPrefix
        | Operator::NotPostfix
        | Operator::NotInMap
        | Operator::NotInRange
        | Operator::NotSPort
        | Operator::NotSPortPriv
        | Operator::NotDPort
        | Operator::NotDPortPriv
        | Operator::NotSAddr
        | Operator::NotDAddr
        | Operator::NotFileType => Sense::IsNot,
        Operator::In
        | Operator::Equal
        | Operator::Prefix
        | Operator::Postfix
        | Operator::GreaterThan
        | Operator::LessThan
        | Operator::Mask
        | Operator::InMap
        | Operator::InRange
        | Operator::SPort
        | Operator::SPortPriv
        | Operator::DPort
        | Operator::DPortPriv
        | Operator::SAddr
        | Operator::DAddr
        | Operator::Protocol
        | Operator::Family
        | Operator::State
        | Operator::CapabilitiesGained
        | Operator::SubString
        | Operator::SubStringIgnoreCase
        | Operator::CelExpression
        | Operator::FileType => Sense::Is,
    }
}
