//! An argument has a type that Tetragon does not take at this kind of hook.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::{Argument, ArgumentType};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_ARGUMENT_TYPE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        let section = section(hook);
        for (place, argument) in hook.arguments.iter().enumerate() {
            let Some(words) = refusal(section, place, argument) else { continue };
            let type_ = argument.type_.as_ref();
            let span = type_.map_or(argument.span, |type_| type_.span);
            let name = type_.map_or("auto", |type_| type_.value.name());
            let place = format!("the type `{name}` cannot stand in `{}`", section.key());
            let label = if type_.is_some() { "not here" } else { "`auto`, which is the default" };
            findings.add(
                Finding::at(span, place)
                    .label(label)
                    .help("write the type of the argument".to_owned())
                    .note(says(&words)),
            );
        }
    }
}

/// What Tetragon says to an argument.
fn refusal(section: Section, place: usize, argument: &Argument) -> Option<String> {
    let type_ = argument.type_.as_ref().map(|type_| type_.value);
    let is_resolved = argument.resolve.is_some();
    match (section, type_) {
        (Section::Kprobe | Section::Fentry, None) => {
            Some(format!("args[{place}].type: type 'auto' is invalid for kprobes"))
        }
        (Section::Kprobe | Section::Fentry, Some(ArgumentType::Syscall64)) => {
            Some(format!("args[{place}].type: type 'syscall64' is invalid for kprobes"))
        }
        (Section::Tracepoint | Section::RawTracepoint, Some(ArgumentType::ConstBuf)) => {
            Some("const_buf type cannot be user-defined".to_owned())
        }
        (Section::RawTracepoint, None) if !is_resolved => Some("format is nil".to_owned()),
        (Section::Lsm, None) if !is_resolved => {
            Some(format!("args[{place}]: type 'auto' unsupported"))
        }
        (Section::Uprobe, None) if !is_resolved => {
            Some(format!("Arg({place}) type 'auto' unsupported"))
        }
        _ => None,
    }
}
