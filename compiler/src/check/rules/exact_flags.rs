//! Flags are compared as a whole, where one of them is meant.

use super::{Findings, Rule, code};
use crate::check::facts::{argument, kernel_tests};
use crate::check::place;
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question, Sense};

pub(super) const RULE: Rule = Rule { code: &code::EXACT_FLAGS, check };

/// What the kernel calls parameters whose bits each mean something.
const NAMES: &[&str] = &["clone_flags", "flags", "mnt_flags", "prot", "reqprot", "unshare_flags"];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in kernel_tests(policy) {
        let (Question::Integer { set, .. }, Sense::Is) = (&test.question, test.sense) else {
            continue;
        };
        let Some(name) = argument(hook.view(), test).and_then(|one| one.name.as_deref()) else {
            continue;
        };
        // `setns` takes one flag, and `file_permission` is asked about one access.
        let takes_one = place::syscall(hook, findings.kernel()) == Some("setns");
        let all_single = set.ranges().iter().all(|&(low, high)| low == high && is_flag(low));
        if !NAMES.contains(&name) || takes_one || !all_single {
            continue;
        }
        let Some(&(flag, _)) = set.ranges().first() else { continue };
        findings.add(
            Finding::at(test.span, format!("`{name}` is compared as a whole"))
                .inferred()
                .label(format!("holds only when no flag but {flag:#x} is set"))
                .help("ask for a flag with the operator `Mask`".to_owned()),
        );
    }
}

/// Whether the number is one bit. The lowest ones often count something.
fn is_flag(number: i128) -> bool {
    number > 2 && number.count_ones() == 1
}
