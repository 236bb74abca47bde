//! Whether the hooks on a list share one program, and how that is attached.

use super::candidate::COOKIE;
use super::target::Target;
use super::wish::Force;
use crate::kernel::{Feature, Profile, Way};
use crate::policy::{Policy, Setting};
use crate::resolved::Sharing;

/// Functions of a list that get a program each. fentry costs less a hit than a kprobe does, and can
/// read the fields of its arguments directly; but each program is verified and attached by itself,
/// which takes milliseconds. Where kprobes have no cookies, a long list of system calls gets one
/// program that sees them all.
pub(super) const FEW: usize = 8;

/// How the hooks on `targets` are to share a program, as far as each of them can.
pub(super) fn sharing(
    targets: &[Target<'_>],
    force: Option<Force>,
    policy: &Policy,
    kernel: &Profile,
) -> Sharing {
    let are_functions =
        targets.iter().all(|one| matches!(one, Target::Function(_) | Target::Syscall(_)));
    let is_forced = force.is_some_and(|force| force.way == Way::KprobeMulti);
    if is_forced && are_functions {
        return Sharing::Multi;
    }
    let may_share = force.is_none_or(|force| force.way == Way::Kprobe);
    if !are_functions || !may_share || targets.len() <= FEW {
        return Sharing::Own;
    }
    if !kernel.has(Feature::Helper(COOKIE)).is_present() {
        let are_calls = targets.iter().all(|one| matches!(one, Target::Syscall(_)));
        return if are_calls && force.is_none() { Sharing::Calls } else { Sharing::Own };
    }
    let is_disabled =
        policy.options.iter().any(|option| option.value == Setting::DisableKprobeMulti(true));
    let is_multi = force.is_none() && !is_disabled && kernel.has(Feature::KprobeMulti).is_present();
    if is_multi { Sharing::Multi } else { Sharing::Cookies }
}
