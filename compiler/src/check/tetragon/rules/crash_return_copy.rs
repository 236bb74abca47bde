//! `returnCopy` on an entry of `data`.

use super::{Findings, Rule, Subject};
use crate::diagnostic::{Finding, code};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_CRASH_RETURN_COPY, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        for span in hook.data.iter().filter_map(|data| data.return_copy) {
            findings.add(
                Finding::at(span, "Tetragon's agent crashes on `returnCopy` in `data`")
                    .label("only in `args`")
                    .help("remove it: data is read when the function is entered".to_owned())
                    .note("it looks for the entry in `args`, where it is not"),
            );
        }
    }
}
