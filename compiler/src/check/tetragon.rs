//! Tetragon's own verdict on a policy, reproduced from the policy as written and from what is known
//! of the kernel.
//!
//! The rules follow the stages through which a policy goes in Tetragon: lists and macros, hooks and
//! their arguments, selectors, actions, enforcers, and what only shows when programs are loaded.

mod filter;
mod formula;
mod hooks;
pub mod rules;
mod selectors;
mod size;
mod target;
mod types;
mod values;

use crate::diagnostic::Diagnostics;
use crate::kernel::Profile;
use crate::policy::Policy;
use rules::{Findings, Subject};
use target::Target;

/// Adds what Tetragon would say to `policy`, which was written in YAML, on `kernel`.
pub fn tetragon(policy: &Policy, kernel: &Profile, diagnostics: &mut Diagnostics) {
    let subject = Subject { policy, target: Target::of(kernel, policy) };
    for rule in rules::ALL {
        (rule.check)(&subject, &mut Findings::new(rule, kernel, diagnostics));
    }
}
