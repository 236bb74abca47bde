//! A buffer of which Tetragon does not know the size.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::filter::size_of;
use crate::check::tetragon::hooks::section;
use crate::check::tetragon::types::is_buffer;
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::{ARGUMENTS, SIZE_ARGUMENT_INDEX};

use crate::check::tetragon::hooks::Section;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_BUFFER_SIZE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        // The format of a tracepoint tells the size by itself.
        let tells = section(hook) == Section::Tracepoint;
        for argument in hook.arguments.iter().chain(&hook.data) {
            let Some(type_) = argument.type_ else { continue };
            let name = type_.value.name();
            let size = size_of(argument).filter(|size| size.value > 0);
            let needs = is_buffer(type_.value);
            let finding = match size {
                None if needs && !tells && argument.return_copy.is_none() => {
                    Finding::at(type_.span, format!("Tetragon reads no byte of this `{name}`"))
                        .label("nothing tells its size")
                        .help(
                            "add `sizeArgIndex` with the argument that holds its size, counted \
                             from 1"
                                .to_owned(),
                        )
                }
                Some(size)
                    if needs
                        && size.value as usize > ARGUMENTS.large.number()
                        && size.value as usize <= SIZE_ARGUMENT_INDEX.large.number() =>
                {
                    Finding::at(size.span, format!("no argument {} can be read", size.value))
                        .label("the size is taken to be 0")
                        .help("it is counted from 1, and 5 is the last".to_owned())
                }
                Some(size) if !needs => {
                    Finding::at(size.span, format!("a `{name}` has no size of its own"))
                        .label("ignored")
                        .help("remove `sizeArgIndex`, or use the type `char_buf`".to_owned())
                }
                Some(_) | None => continue,
            };
            findings.add(finding);
        }
    }
}
