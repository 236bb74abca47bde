//! The kernel has no LSM hook of this name.

use super::unknown_call::is_described;
use super::{Findings, Rule, Subject, says};
use crate::diagnostic::{Finding, code, did_you_mean};
use crate::policy::Point;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_LSM_HOOK, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let Point::Lsm(name) = &hook.point else { continue };
        let function = format!("bpf_lsm_{}", name.value);
        if is_described(subject, &function) {
            continue;
        }
        let bare = ["security_", "bpf_lsm_"].iter().find_map(|one| name.value.strip_prefix(one));
        let help = match bare {
            Some(bare) => Some(format!("write `{bare}`")),
            None => did_you_mean(&name.value, subject.target.kernel.lsm_hooks()),
        };
        findings.add_here(
            Finding::at(name.span, format!("there is no LSM hook `{}`", name.value))
                .label("not in the kernel's BTF")
                .help(help)
                .note(says(&format!(
                    "lsm hook \"{}\" not found in BTF (looked up \"{function}\")",
                    name.value
                ))),
        );
    }
}
