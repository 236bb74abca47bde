//! What is certain, and what only possible, at a place in the code.

use std::collections::BTreeMap;

use super::facts::Fact;
use crate::ids::Id;
use crate::ir::Value;

/// Whether something was done on the ways that lead here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Done {
    /// On none of them.
    #[default]
    Never,
    /// On some. The program must find out when it runs.
    Maybe,
    /// On all.
    Surely,
}

impl Done {
    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Maybe }
    }
}

/// What was done on the ways that lead to a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    /// A scratch area is acquired.
    pub scratch: Done,
    /// The value is an item of the record.
    pub values: BTreeMap<Id<Value>, Done>,
    /// Whether the first names rule the value's path out for all sets of the program. It is read
    /// unless they do.
    pub decided: BTreeMap<Id<Value>, Done>,
    /// Flags and mode of a file were added to its item.
    pub described: BTreeMap<Id<Value>, Done>,
    /// A routine was asked.
    pub facts: BTreeMap<Fact, Done>,
    /// What the register for the current value holds, if that is certain.
    pub current: Option<Id<Value>>,
}

impl State {
    /// What holds where two ways meet.
    pub(super) fn meet(&self, other: &Self) -> Self {
        Self {
            scratch: self.scratch.or(other.scratch),
            values: meet(&self.values, &other.values),
            decided: meet(&self.decided, &other.decided),
            described: meet(&self.described, &other.described),
            facts: meet(&self.facts, &other.facts),
            current: self.current.filter(|value| other.current == Some(*value)),
        }
    }
}

/// What is not listed was never done.
fn meet<K: Copy + Ord>(left: &BTreeMap<K, Done>, right: &BTreeMap<K, Done>) -> BTreeMap<K, Done> {
    let done = |of: &BTreeMap<K, Done>, key: K| of.get(&key).copied().unwrap_or_default();
    let keys = left.keys().chain(right.keys());
    keys.map(|&key| (key, done(left, key).or(done(right, key)))).collect()
}
