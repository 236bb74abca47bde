//! A returned error is compared as a positive number.

use super::{Findings, Rule, code};
use crate::check::facts::kernel_tests;
use crate::check::place;
use crate::diagnostic::Finding;
use crate::resolved::{ArgumentId, Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::POSITIVE_ERROR, check };

/// The highest error number (`include/linux/err.h`).
const ERROR_MAX: i128 = 4095;

/// Hooks that return a length or an answer, not only errors (`include/linux/lsm_hook_defs.h`).
const LENGTHS: &[&str] = &[
    "getprocattr",
    "setprocattr",
    "inode_getsecurity",
    "inode_listsecurity",
    "inode_need_killpriv",
    "inode_copy_up_xattr",
    "getselfattr",
    "setselfattr",
    "xfrm_state_pol_flow_match",
    "ismaclabel",
    "dentry_init_security",
    "secid_to_secctx",
    "lsmprop_to_secctx",
    "audit_rule_match",
    "key_getsecurity",
    "sb_eat_lsm_opts",
    "vm_enough_memory",
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in kernel_tests(policy) {
        let Question::Integer { argument: ArgumentId::Return, set } = &test.question else {
            continue;
        };
        let Some(asked) = place::lsm_hook(hook) else { continue };
        let &[(low, high)] = set.ranges() else { continue };
        if LENGTHS.contains(&asked.as_str()) || low < 1 || high > ERROR_MAX {
            continue;
        }
        let message = format!("`{asked}` never returns {low}: errors are negative");
        findings.add(
            Finding::at(test.span, message)
                .inferred()
                .label("a positive number")
                .help(format!("compare with -{low}")),
        );
    }
}
