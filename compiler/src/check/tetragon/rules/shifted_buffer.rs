//! A condition on a buffer of which all is read (`maxData`).

use super::{Findings, Rule, Subject, all_filters};
use crate::diagnostic::{Finding, code};
use crate::policy::ArgumentType;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_SHIFTED_BUFFER, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for filter in all_filters(subject) {
        let Some(argument) = filter.argument() else { continue };
        let is_buffer = filter.type_(&subject.target) == Some(ArgumentType::CharBuf);
        if let (Some(all), true) = (argument.max_data, is_buffer) {
            findings.add(
                Finding::at(filter.span, "Tetragon compares the wrong bytes of this buffer")
                    .label("shifted by four")
                    .also(all, "since all of it is read")
                    .help("remove `maxData`".to_owned())
                    .note(
                        "with `maxData` a length stands before the bytes, which the comparison \
                           does not know of",
                    ),
            );
        }
    }
}
