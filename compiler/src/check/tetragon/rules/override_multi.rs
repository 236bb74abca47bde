//! `Override` on a security hook, where one program is attached to all functions.

use super::override_place::{is_security, overriding};
use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::symbols;
use crate::diagnostic::{Finding, code};
use crate::policy::CallKind;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_OVERRIDE_MULTI, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.target.kprobe_multi || subject.target.modify_return().is_absent() {
        return;
    }
    for hook in &subject.policy.hooks {
        let Some(action) = overriding(hook) else { continue };
        let all = symbols(subject.policy, hook, &subject.target);
        let security = all.iter().find(|one| one.kind == CallKind::Function && is_security(one));
        if let Some(symbol) = security {
            findings.add_here(
                Finding::at(action.span, format!("`{}` is attached with others", symbol.name))
                    .label("no `Override` with kprobe_multi")
                    .also(symbol.span, "the function")
                    .help("add the option `disable-kprobe-multi` with the value `true`".to_owned())
                    .help("or use `lsmhooks`".to_owned())
                    .note(says(&format!(
                        "can't override '{}' function with kprobe_multi, use \
                         --disable-kprobe-multi option",
                        symbol.name
                    ))),
            );
        }
    }
}
