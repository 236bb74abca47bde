//! Turns resolved policies into what must happen at each attach point.
//!
//! It can refuse nothing: whatever cannot be carried out was refused before.

mod action;
mod enforcer;
mod expression;
mod group;
mod module;
mod program;
mod returning;
mod selector;
mod sets;
mod sockets;
mod tracking;
mod workload;

use crate::{ir, resolved};
use group::{Attribution, Group, Part};
use sets::Sets;

/// What `policies` mean together.
///
/// Hooks that are attached the same way share one program, in which the hooks run one after
/// another, in the order of the policies: the first selector of a hook that matches ends that
/// hook's part, and the next hook's begins. Process tracking comes first, since events and
/// conditions refer to processes; without policies there is nothing to track for.
pub fn lower(policies: &[resolved::Policy]) -> ir::Module {
    let mut sets = Sets::default();
    let parts = group::parts(policies, &mut sets);
    let hooked: Vec<(Group<'_>, ir::Program)> = group::groups(&parts)
        .into_iter()
        .enumerate()
        .map(|(number, group)| {
            let program = program::program(&group, number, &mut sets);
            (group, program)
        })
        .collect();
    let hooks = module::hooks(&parts, &hooked);
    let mut programs = tracking::programs(policies, &sets);
    // An enforcer that is told before it is there would not act.
    programs.extend(enforcer::programs(policies));
    programs.extend(hooked.into_iter().map(|(_, program)| program));
    let policies = policies.iter().map(|one| module::policy(one, &mut sets)).collect();
    ir::Module {
        policies,
        hooks,
        programs,
        binary_sets: sets.binary,
        follow_sets: sets.follow,
        workload_sets: sets.workload,
        call_lists: sets.calls,
    }
}

#[cfg(test)]
mod tests;
