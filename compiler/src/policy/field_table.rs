//! Parts of an argument that TracingPolicy reaches through operators of their own, and that the
//! Writ language writes as fields: `SAddr` on `sock` is `sock.saddr in […]`.

use super::Operator;

/// A field: its name, the operator for "is one of", and the one for "is none of" where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub operator: Operator,
    pub negated: Option<Operator>,
}

/// Every such field.
pub const FIELDS: [Field; 8] = [
    field("saddr", Operator::SAddr, Some(Operator::NotSAddr)),
    field("daddr", Operator::DAddr, Some(Operator::NotDAddr)),
    field("sport", Operator::SPort, Some(Operator::NotSPort)),
    field("dport", Operator::DPort, Some(Operator::NotDPort)),
    field("protocol", Operator::Protocol, None),
    field("family", Operator::Family, None),
    field("state", Operator::State, None),
    field("type", Operator::FileType, Some(Operator::NotFileType)),
];

/// The fields of which can be said that they are `privileged`: ports below 1024.
pub const PRIVILEGED: [Field; 2] = [
    field("sport", Operator::SPortPriv, Some(Operator::NotSPortPriv)),
    field("dport", Operator::DPortPriv, Some(Operator::NotDPortPriv)),
];

const fn field(name: &'static str, operator: Operator, negated: Option<Operator>) -> Field {
    Field { name, operator, negated }
}
