//! What the arguments of a hook are called, for those who need their indexes and nothing else.

use super::parameter;
use super::target;
use crate::diagnostic::Diagnostics;
use crate::kernel::Profile;
use crate::policy::{ArgumentPlace, Hook, Policy, SizeArgument};

/// What can be read at a hook, by index: names of parameters or fields. Nothing for a hook whose
/// arguments need no names, and for one that names nothing in the kernel.
pub fn names(
    hook: &Hook,
    policy: &Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let is_named = hook.arguments.iter().any(|argument| {
        matches!(argument.place, ArgumentPlace::Name(_))
            || matches!(argument.size_argument, Some(SizeArgument::Name(_)))
    });
    if !is_named {
        return Vec::new();
    }
    let targets = target::targets(&hook.point, policy, kernel, diagnostics);
    let Ok(targets) = targets else { return Vec::new() };
    // The functions of a list share their arguments.
    let first = targets.first().map(|target| parameter::Signature::of(target, kernel));
    let parameters = first.map_or_else(Vec::new, |signature| signature.parameters);
    parameters.into_iter().map(|parameter| parameter.name).collect()
}
