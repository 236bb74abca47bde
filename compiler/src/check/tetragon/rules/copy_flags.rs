//! `maxData` and `returnCopy` where Tetragon ignores them.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::types::is_buffer;
use crate::diagnostic::{Finding, code};
use crate::policy::{ArgumentType, Hook};

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_COPY_FLAGS, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        flags(hook, findings);
        let copies: Vec<_> = hook.arguments.iter().filter_map(|one| one.return_copy).collect();
        if let [first, .., last] = copies.as_slice() {
            findings.add(
                Finding::at(*first, "one argument can be read at return")
                    .label("ignored")
                    .also(*last, "this one is read")
                    .help("keep one `returnCopy`".to_owned()),
            );
        }
    }
}

fn flags(hook: &Hook, findings: &mut Findings<'_>) {
    for argument in hook.arguments.iter().chain(&hook.data) {
        let type_ = argument.type_.map(|type_| type_.value);
        let name = type_.map_or("auto", ArgumentType::name);
        if let Some(all) = argument.max_data {
            if type_ != Some(ArgumentType::CharBuf) {
                findings.add(
                    Finding::at(all, format!("`maxData` does nothing for the type `{name}`"))
                        .label("only for `char_buf`"),
                );
            } else if let Some(copy) = argument.return_copy {
                findings.add(
                    Finding::at(all, "`maxData` does not go with `returnCopy`")
                        .label("ignored")
                        .also(copy, "read at return"),
                );
            }
        }
        if let (Some(copy), Some(type_)) = (argument.return_copy, type_)
            && !is_buffer(type_)
        {
            findings.add(
                Finding::at(copy, format!("`returnCopy` does nothing for the type `{name}`"))
                    .label("only for `char_buf` and `char_iovec`"),
            );
        }
    }
}
