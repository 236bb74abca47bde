//! How much of a machine a policy may take.

/// The most that enforcement at one hook may take, in percent of one processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadBudget(pub u32);

impl Default for LoadBudget {
    fn default() -> Self {
        Self(15)
    }
}
