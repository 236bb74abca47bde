//! Two hooks on one function, where one program is attached to all functions.

use std::collections::BTreeMap;

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::hooks::{Section, section, symbols};
use crate::diagnostic::{Finding, code};
use crate::source::Span;

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_DUPLICATE_FUNCTION, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.target.kprobe_multi {
        return;
    }
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for hook in &subject.policy.hooks {
        if section(hook) != Section::Kprobe {
            continue;
        }
        for symbol in symbols(subject.policy, hook, &subject.target) {
            let Some(first) = places.insert(symbol.name.clone(), symbol.span) else { continue };
            findings.add_here(
                Finding::at(symbol.span, format!("`{}` is hooked twice", symbol.name))
                    .label("again here")
                    .also(first, "first here")
                    .help("join the selectors, or set the option `disable-kprobe-multi`".to_owned())
                    .note(says(&format!(
                        "can't have multiple instances of same symbol '{}' with kprobe_multi",
                        symbol.name
                    ))),
            );
        }
    }
}
