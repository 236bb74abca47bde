//! A text that is looked for has a zero byte inside, where no text can have one.

use super::{Findings, Rule, code};
use crate::check::facts::{argument, tests};
use crate::diagnostic::Finding;
use crate::resolved::{HookView, Policy, Question, Reader, Structure, Test};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: &code::ZERO_BYTE, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, test) in tests(policy) {
        for span in unreachable(hook, test) {
            findings.add(
                Finding::at(span, "a text with a zero byte inside never matches here")
                    .label("what is compared ends at its first zero byte")
                    .help("name the part before it; buffers compared with `Equal`, `Prefix` or `Postfix` may have zeros inside".to_owned()),
            );
        }
    }
}

/// The values with a zero inside that are compared with what ends at a zero. Those at the end were
/// taken off before.
fn unreachable(hook: HookView<'_>, test: &Test) -> Vec<Span> {
    match &test.question {
        Question::Substring { texts, .. } => {
            let with_zero = texts.iter().filter(|text| text.value.contains('\0'));
            with_zero.map(|text| text.span).collect()
        }
        Question::Text { set, .. } | Question::Binary { set } | Question::Lineage { set, .. } => {
            let is_bytes = argument(hook, test).is_some_and(|one| is_bytes(one.reader));
            let patterns = set.patterns.iter().filter(|_| !is_bytes);
            let with_zero = patterns.filter(|one| one.pattern.text().contains('\0'));
            with_zero.map(|one| one.span).collect()
        }
        Question::Integer { .. }
        | Question::Bits { .. }
        | Question::Pid { .. }
        | Question::Namespace { .. }
        | Question::FileType { .. }
        | Question::Address { .. }
        | Question::Socket { .. }
        | Question::CapabilitiesGained { .. }
        | Question::NamespaceChange { .. }
        | Question::Capability { .. }
        | Question::CapabilityChange { .. }
        | Question::Workload { .. }
        | Question::Cel { .. } => Vec::new(),
    }
}

/// Whether what is read can have zeros before its end.
fn is_bytes(reader: Reader) -> bool {
    match reader {
        Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::RecordText
        | Reader::Bytes { .. }
        | Reader::Structure(Structure::IovIter) => true,
        Reader::Nothing
        | Reader::Integer { .. }
        | Reader::File
        | Reader::Path
        | Reader::Binprm
        | Reader::Filename
        | Reader::Descriptor
        | Reader::Text
        | Reader::SyscallNumber
        | Reader::Capability
        | Reader::Capabilities(_)
        | Reader::Structure(_) => false,
    }
}
