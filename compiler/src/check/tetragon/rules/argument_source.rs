//! `source` stands where Tetragon takes none, or is missing where it needs one.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section};
use crate::diagnostic::{Finding, code};
use crate::policy::Source;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_ARGUMENT_SOURCE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let probes = subject.policy.hooks.iter().filter(|hook| {
        matches!(section(hook), Section::Kprobe | Section::Fentry | Section::Uprobe)
    });
    for hook in probes {
        for source in hook.arguments.iter().filter_map(|argument| argument.source) {
            let name = source.value.name();
            findings.add(
                Finding::at(source.span, "an entry of `args` cannot have a `source`")
                    .label("not in `args`")
                    .help("move the entry to `data`".to_owned())
                    .note(says(&format!(
                        "standard argument is not allowed to have source configured, current \
                         value: '{name}'"
                    ))),
            );
        }
        for data in &hook.data {
            let Some(source) = data.source else {
                findings.add(
                    Finding::at(data.span, "an entry of `data` needs a `source`")
                        .label("`source` missing")
                        .help(format!("add `source: {}`", Source::CurrentTask.name()))
                        .note(says("data argument has wrong source ''")),
                );
                continue;
            };
            if data.resolve.is_none() {
                findings.add(
                    Finding::at(source.span, "an entry of `data` needs a `resolve`")
                        .label("nothing says what is read from there")
                        .help("add `resolve:` with a path of fields, or a register".to_owned())
                        .note(says("data argument missing 'resolve' setup")),
                );
            }
        }
    }
}
