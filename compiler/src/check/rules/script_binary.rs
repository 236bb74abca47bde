//! A script is named where the executable is meant, which is its interpreter.

use writ_bundle::Pattern;

use super::{Findings, Rule, code};
use crate::check::facts::tests;
use crate::diagnostic::Finding;
use crate::resolved::{Policy, Question};

pub(super) const RULE: Rule = Rule { code: &code::SCRIPT_BINARY, check };

/// Endings of scripts, and what runs them.
const ENDINGS: &[(&str, &str)] = &[
    (".sh", "a shell"),
    (".bash", "`bash`"),
    (".zsh", "`zsh`"),
    (".py", "`python3`"),
    (".pl", "`perl`"),
    (".rb", "`ruby`"),
    (".js", "`node`"),
    (".php", "`php`"),
    (".lua", "`lua`"),
    (".jar", "`java`"),
];

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for (_, test) in tests(policy) {
        let (Question::Binary { set } | Question::Lineage { set, .. }) = &test.question else {
            continue;
        };
        for one in &set.patterns {
            let (Pattern::Equal(text) | Pattern::Postfix(text)) = &one.pattern else { continue };
            let ending = ENDINGS.iter().find(|(ending, _)| text.ends_with(ending));
            let Some((_, interpreter)) = ending else { continue };
            findings.add(
                Finding::at(one.span, format!("the executable of a script is {interpreter}"))
                    .inferred()
                    .label("a script is never the executable of a process")
                    .help(
                        "name the interpreter, or compare the file that is about to run at \
                         `bprm_creds_for_exec`, which sees the script first"
                            .to_owned(),
                    ),
            );
        }
    }
}
