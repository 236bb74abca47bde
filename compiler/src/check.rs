//! Says what is probably not meant. It changes nothing and refuses nothing that could be compiled.

mod across;
mod facts;
mod foreign;
mod implication;
mod load;
mod place;
pub mod rules;
mod scope;
pub mod tetragon;
pub mod weigh;

use crate::diagnostic::Diagnostics;
use crate::engine::LoadBudget;
use crate::kernel::Profile;
use crate::resolved::Policy;
pub use across::{across, hooks};
pub use foreign::foreign;
use rules::Findings;
pub use tetragon::tetragon;

/// Adds the findings of every rule about every policy, where enforcement may take `load`.
pub fn check(
    policies: &[Policy],
    kernel: &Profile,
    load: LoadBudget,
    diagnostics: &mut Diagnostics,
) {
    for policy in policies {
        for rule in rules::ALL {
            (rule.check)(policy, &mut Findings::new(rule, kernel, load, diagnostics));
        }
    }
}
