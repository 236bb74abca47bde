//! The kernel's BTF has no function of this name.

use super::{Findings, Rule, Subject, list_value, says};
use crate::check::tetragon::hooks::{Called, Section, Symbol, called, section, symbols};
use crate::diagnostic::{Finding, MOST_EDITS, code, did_you_mean};
use crate::kernel::Feature;
use crate::policy::CallKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_UNKNOWN_CALL, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        if !section(hook).is_function() || hook.ignore_missing.is_some() {
            continue;
        }
        for symbol in symbols(subject.policy, hook, &subject.target) {
            // An element of a list that is no name at all has been told of.
            let is_list = matches!(called(hook), Some(Called::List { .. }));
            let bare = symbol.name.trim_start_matches("__x64_").trim_start_matches("__arm64_");
            if is_list && symbol.kind == CallKind::Syscall && !list_value::is_name(bare) {
                continue;
            }
            if !is_described(subject, &symbol.name) {
                findings.add_here(missing(subject, section(hook), &symbol));
            }
        }
    }
}

/// Whether BTF has a function of this name.
pub(super) fn is_described(subject: &Subject<'_>, name: &str) -> bool {
    subject.target.kernel.btf().functions_named(name).next().is_some()
}

fn missing(subject: &Subject<'_>, section: Section, symbol: &Symbol) -> Finding {
    let name = &symbol.name;
    let finding = Finding::at(symbol.span, format!("Tetragon looks for the function `{name}`"))
        .label("not in the kernel's BTF");
    let finding = match symbol.kind {
        CallKind::Function => finding
            .help(did_you_mean(name, subject.target.kernel.functions_like(name, MOST_EDITS)))
            .note(says(&format!("call \"{name}\": not found"))),
        CallKind::Syscall => finding
            .help(syscall_help(subject, section, name))
            .note(says(&format!("syscall \"{name}\" (or \"{name}\") not found"))),
    };
    // A function of a module is looked for in the module's BTF, which no profile has.
    let traceable = subject.target.kernel.has(Feature::Kprobe(name));
    if traceable.is_unknown() { finding.unknown() } else { finding }
}

/// `syscall: true` is the default, and puts the architecture's prefix before whatever is written.
fn syscall_help(subject: &Subject<'_>, section: Section, name: &str) -> Option<String> {
    let prefix = subject.target.kernel.syscall_prefix().trim_end_matches("sys_");
    let bare = name.strip_prefix(prefix).unwrap_or(name);
    if is_described(subject, bare) {
        return Some(format!(
            "`{bare}` is a function and no system call: add `syscall: false` to the entry of `{}`",
            section.key()
        ));
    }
    let with_sys = format!("{prefix}sys_{bare}");
    is_described(subject, &with_sys).then(|| format!("write `sys_{bare}`"))
}
