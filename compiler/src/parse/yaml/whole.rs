//! What only shows when a policy is looked at as a whole: names that refer to nothing, and things
//! that nothing refers to.

mod list;
mod macros;

use crate::diagnostic::Diagnostics;
use crate::policy::Policy;

/// Whether everything that was written of something reached the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completeness {
    Whole,
    /// Something was not understood, so nothing follows from what is missing.
    Partial,
}

/// How much of a policy was understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Understood {
    pub(super) hooks: Completeness,
    pub(super) lists: Completeness,
    pub(super) macros: Completeness,
}

/// Checks what the parts of `policy` say about one another.
pub(super) fn check(policy: &Policy, understood: Understood, diagnostics: &mut Diagnostics) {
    list::check(policy, understood, diagnostics);
    macros::check(policy, understood, diagnostics);
}
