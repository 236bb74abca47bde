//! The index of an argument is beyond what Tetragon can read.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::filter::{index_of, index_span};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::engine::limit_table::ARGUMENT_INDEX;
use crate::policy::{Argument, Hook, Point};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_ARGUMENT_INDEX, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        for (place, argument) in hook.arguments.iter().enumerate() {
            let Some(index) = index_of(argument) else { continue };
            if let Some((help, words)) = refusal(subject, hook, place, argument, index) {
                findings.add(
                    Finding::at(
                        index_span(argument),
                        format!("Tetragon cannot read an argument with index {index} here"),
                    )
                    .label("too large")
                    .help(help)
                    .note(says(&words)),
                );
            }
        }
    }
}

fn refusal(
    subject: &Subject<'_>,
    hook: &Hook,
    place: usize,
    argument: &Argument,
    index: u32,
) -> Option<(String, String)> {
    let most = ARGUMENT_INDEX.large.number();
    let type_ = argument.type_.as_ref().map_or("auto", |type_| type_.value.name());
    match section(hook) {
        Section::Kprobe | Section::Fentry | Section::Lsm | Section::Uprobe => {
            (index as usize > most).then(|| {
                let words = format!("ArgType {type_} Index {index} out of bounds");
                (format!("the largest index is {most}: the fifth argument"), words)
            })
        }
        Section::RawTracepoint => (index as usize > most + 1).then(|| {
            let words = format!("can read up to 5 arguments, but index {index} was requested");
            (format!("the largest index is {most}: the fifth argument"), words)
        }),
        Section::Tracepoint => {
            let Point::Tracepoint { subsystem, event } = &hook.point else { return None };
            let tracepoint = subject.target.kernel.tracepoint(&subsystem.value, &event.value)?;
            let count = tracepoint.fields.len();
            (index as usize >= count).then(|| {
                let words = format!(
                    "tracepoint {}/{} has {count} fields but field {index} was requested in \
                     args[{place}]",
                    subsystem.value, event.value
                );
                (format!("the last field has the index {}", count.saturating_sub(1)), words)
            })
        }
        Section::Usdt => None,
    }
}
