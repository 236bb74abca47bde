//! `matchBinaries` where a program is about to be executed looks at the one that executes it.

use writ_bundle::HookKind;

use super::{Findings, Rule, code};
use crate::check::facts::kernel_selectors;
use crate::diagnostic::Finding;
use crate::kernel::security;
use crate::resolved::{Hook, Origin, Policy, Question, Reader, Sense};

pub(super) const RULE: Rule = Rule { code: &code::CALLER_BINARY, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (hook, selector) in kernel_selectors(policy).filter(|(hook, _)| is_before_exec(hook)) {
        let tests = selector.condition.tests();
        let about_caller = tests.iter().find(|test| {
            matches!(test.question, Question::Binary { .. }) && test.sense == Sense::Is
        });
        let about_program = tests.iter().any(|test| matches!(test.question, Question::Text { .. }));
        let (Some(test), false) = (about_caller, about_program) else { continue };
        findings.add(
            Finding::at(test.span, "`matchBinaries` looks at the program that calls `execve` here")
                .label("the caller, not the program that is about to run")
                .also(hook.point_span, "asked before the new program replaces the caller")
                .help(help(hook))
                .note("so it matches one step late: when one of these programs executes another"),
        );
    }
}

/// Whether the hook is hit before the new program replaces the caller.
fn is_before_exec(hook: &Hook) -> bool {
    let asked = match &hook.kind {
        HookKind::Kprobe { function } => security::hook_of_function(function),
        HookKind::Lsm { hook } => Some(hook.clone()),
        HookKind::Tracepoint { .. }
        | HookKind::Uprobe { .. }
        | HookKind::Usdt { .. }
        | HookKind::Loader => None,
    };
    asked.is_some_and(|hook| hook == "bprm_check_security" || hook == "bprm_creds_for_exec")
}

fn help(hook: &Hook) -> String {
    let read = hook.arguments.iter().find(|argument| argument.reader == Reader::Binprm);
    match read.map(|argument| argument.origin) {
        Some(Origin::Parameter(index)) => format!(
            "compare the program that is about to run: `matchArgs` with `index: {index}`, operator \
             `Equal` and the same values"
        ),
        Some(_) | None => {
            "read argument 0 as `linux_binprm` and compare it with `matchArgs`, operator `Equal` \
             and the same values"
                .to_owned()
        }
    }
}
