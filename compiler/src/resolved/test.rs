//! What a selector asks, with values of the right type.

use super::ArgumentId;
use crate::policy::NamespaceKind;
use crate::set::{IntegerSet, TextSet};
use crate::source::Span;

/// Tests joined by `and`, `or` and `not`. See [`crate::policy::Expression`] for what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Test(Test),
}

/// One question, and which answer makes it hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    pub span: Span,
    pub sense: Sense,
    pub question: Question,
}

/// Which answer makes a test hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// `Equal`, `In`, `Prefix` and so on.
    Is,
    /// `NotEqual`, `NotIn`, `NotPrefix` and so on.
    IsNot,
}

/// What is asked. None of the sets is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether the number is in the set. The set holds only values that the argument can have.
    Integer { argument: ArgumentId, set: IntegerSet },
    /// Whether any bit of the mask is set in the number. The mask is never 0.
    Bits { argument: ArgumentId, mask: u64 },
    /// Whether the text is in the set.
    Text { argument: ArgumentId, set: TextSet },
    /// Whether the path of the executable of the calling process is in the set. It does not hold,
    /// in neither sense, for a process that is not known.
    Binary { set: TextSet },
    /// Whether the calling process is one of these.
    Pid { pids: Vec<u32>, is_namespace_pid: bool, follow_forks: bool },
    /// Whether the calling process is in one of these namespaces.
    Namespace { kind: NamespaceKind, values: Vec<NamespaceValue> },
}

/// A namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamespaceValue {
    /// The host's.
    Host,
    /// The one with this inode number.
    Inode(u32),
}

impl NamespaceValue {
    /// `host`, or the inode number.
    pub fn word(self) -> String {
        match self {
            Self::Host => "host".into(),
            Self::Inode(inode) => inode.to_string(),
        }
    }
}

impl Expression {
    /// Every test, from left to right.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(part) => part.tests(),
            Self::Test(test) => vec![test],
        }
    }

    /// Whether it holds for every event, by its form alone.
    pub fn is_always(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::is_always),
            Self::Any(parts) => parts.iter().any(Self::is_always),
            Self::Not(_) | Self::Test(_) => false,
        }
    }
}
