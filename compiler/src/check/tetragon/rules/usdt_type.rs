//! A type that Tetragon cannot read from a USDT probe.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::hooks::{Section, section};
use crate::check::tetragon::types::{Class, class};
use crate::diagnostic::{Finding, code};
use crate::policy::ArgumentType;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_USDT_TYPE, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        if section(hook) != Section::Usdt {
            continue;
        }
        for type_ in hook.arguments.iter().filter_map(|argument| argument.type_) {
            let readable = matches!(class(type_.value), Class::Number(_))
                || matches!(
                    type_.value,
                    ArgumentType::String | ArgumentType::CharBuf | ArgumentType::Nop
                );
            if !readable {
                let name = type_.value.name();
                findings.add(
                    Finding::at(type_.span, format!("a program passes no `{name}` to a probe"))
                        .label("a type of the kernel")
                        .help("use a number or `string`".to_owned())
                        .note("Tetragon does not look, and reads whatever is there"),
                );
            }
        }
    }
}
