//! A program or library is denied without which the node does not run.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::{argument, enforcement, kernel_selectors};
use crate::check::{place, scope};
use crate::diagnostic::Finding;
use crate::resolved::{Hook, Policy, Question, Reader, Sense, Test};

pub(super) const RULE: Rule = Rule { code: &code::ESSENTIAL_PROGRAM, check };

/// Beginnings of file names, and who needs such files.
const FILES: &[(&str, &str)] = &[
    ("ld-linux", "every dynamically linked program"),
    ("ld-musl", "every dynamically linked program"),
    ("ld.so", "every dynamically linked program"),
    ("libc.so", "every dynamically linked program"),
    ("containerd", "every container of the node"),
    ("crio", "every container of the node"),
    ("dockerd", "every container of the node"),
    ("kubelet", "every pod of the node"),
    ("runc", "every container of the node"),
    ("systemd", "the whole system"),
    ("dash", "nearly every script, also those of the system"),
    ("bash", "many scripts, also those of the system"),
    ("sh", "nearly every script, also those of the system"),
];

/// Names that are short enough to begin others: they count only as they are.
const WHOLE: [&str; 3] = ["sh", "bash", "dash"];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy) {
        let Some(action) = enforcement(selector) else { continue };
        if scope::names_processes(policy, selector) {
            continue;
        }
        for test in selector.condition.tests() {
            let Some((span, text, who)) = needed(hook, test) else { continue };
            findings.add(
                Finding::at(span, format!("{who} needs `{text}`"))
                    .inferred()
                    .label("stopped for every process of the node")
                    .also(action.span(), "by this")
                    .help(
                        "say which processes are meant, with `matchNamespaces` or a `podSelector`"
                            .to_owned(),
                    ),
            );
        }
    }
}

/// The first essential file that is executed, opened or mapped when the test holds.
fn needed<'a>(hook: &Hook, test: &'a Test) -> Option<(crate::source::Span, &'a str, &'static str)> {
    let asked = place::lsm_hook(hook)?;
    let is_use = ["bprm_check_security", "bprm_creds_for_exec", "file_open", "mmap_file"];
    let Question::Text { set, .. } = &test.question else { return None };
    let reader = argument(hook.view(), test)?.reader;
    if !is_use.contains(&asked.as_str())
        || test.sense == Sense::IsNot
        || !matches!(reader, Reader::File | Reader::Path | Reader::Binprm)
    {
        return None;
    }
    set.patterns.iter().find_map(|one| {
        let Pattern::Equal(path) = &one.pattern else { return None };
        let name = path.rsplit('/').next()?;
        let is_program = path.contains("/bin/") || path.contains("/sbin/") || path.contains("/lib");
        let (_, who) = FILES
            .iter()
            .find(|(file, _)| name == *file || !WHOLE.contains(file) && name.starts_with(file))?;
        is_program.then_some((one.span, path.as_str(), *who))
    })
}
