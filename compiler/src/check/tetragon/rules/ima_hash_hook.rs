//! `imaHash` at a hook where no digest is known.

use super::{Findings, Rule, Subject};
use crate::diagnostic::{Finding, code};
use crate::policy::{ActionKind, Point};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_IMA_HASH_HOOK, check);

const HOOKS: [&str; 6] =
    ["file_ioctl", "file_lock", "file_open", "file_post_open", "file_receive", "mmap_file"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (hook, selector) in subject.policy.selectors() {
        let has_digest = match &hook.point {
            Point::Lsm(name) => {
                name.value.starts_with("bprm_") || HOOKS.contains(&name.value.as_str())
            }
            _ => false,
        };
        for action in &selector.actions {
            if let ActionKind::Post { ima_hash: Some(span), .. } = &action.kind
                && !has_digest
            {
                findings.add(
                    Finding::at(*span, "no digest is known at this hook")
                        .label("does nothing here")
                        .help(
                            "use the LSM hooks `bprm_check_security`, `file_open` or `mmap_file`"
                                .to_owned(),
                        ),
                );
            }
        }
    }
}
