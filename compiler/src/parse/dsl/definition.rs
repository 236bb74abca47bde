//! `macro NAME = CONDITION => ACTIONS`: a rule that others use by name.

use std::collections::BTreeMap;

use super::argument::Names;
use super::constant::Constants;
use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::{self, Around, Scope};
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};
use crate::policy::Macro;
use crate::source::{Span, Spanned};

/// The macros of one policy, which every hook of it knows.
#[derive(Debug, Default)]
pub(super) struct Macros {
    list: Vec<Macro>,
    by_name: BTreeMap<String, Declared>,
    /// Whether one could not be read, so that a name may be missing for that reason.
    is_incomplete: bool,
}

#[derive(Debug)]
struct Declared {
    span: Span,
    /// The names that it asks about.
    asked: Vec<Spanned<String>>,
}

impl Macros {
    /// Those that were read, in the order of the text.
    pub(super) fn into_list(self) -> Vec<Macro> {
        self.list
    }

    /// Notes that a definition could not be read.
    pub(super) fn lose(&mut self) {
        self.is_incomplete = true;
    }

    /// Takes in a definition.
    pub(super) fn define(&mut self, pair: &Pair, constants: &Constants, text: &mut Text) {
        let before = text.mistakes;
        let Some(name) = pair.child(Rule::name).map(|name| name.named(text)) else { return };
        if let Some(first) = self.by_name.get(&name.value) {
            let what = format!("the macro `{}`", name.value);
            return report::declared_twice(text, &what, name.span, first.span);
        }
        let none = Self::default();
        let mut scope = Scope {
            names: &Names::default(),
            constants,
            macros: &none,
            around: Around::Macro { asked: Vec::new() },
        };
        let selector = rule::selector(pair, &mut scope, text);
        let asked = match scope.around {
            Around::Macro { asked } => asked,
            Around::Hook { .. } => Vec::new(),
        };
        if let Some(other) = selector.macros.first() {
            report::misplaced_macro(text, other.span, "a macro uses no other macro");
        }
        self.by_name.insert(name.value.clone(), Declared { span: name.span, asked });
        if text.mistakes == before {
            self.list.push(Macro { name, selector });
        }
    }

    /// Checks that a macro is there, and that the hook declares what it asks about.
    pub(super) fn check_use(&self, name: &Spanned<String>, scope: &Scope, text: &mut Text) {
        // What a macro may not use is reported once, where the macro ends.
        let Around::Hook { .. } = scope.around else { return };
        let Some(found) = self.by_name.get(&name.value) else {
            if !self.is_incomplete {
                unknown(name, self, text);
            }
            return;
        };
        for asked in &found.asked {
            if scope.names.get(&asked.value).is_none() {
                lacks(name, asked, text);
            }
        }
    }
}

fn unknown(name: &Spanned<String>, macros: &Macros, text: &mut Text) {
    let known = macros.by_name.keys().map(String::as_str);
    let help = did_you_mean(&name.value, known)
        .unwrap_or_else(|| format!("write `macro {} = …` among the policy's settings", name.value));
    let finding = Finding::at(name.span, format!("there is no macro `{}`", name.value))
        .label("not defined by the policy")
        .help(help);
    report::unknown_name(text, finding);
}

fn lacks(name: &Spanned<String>, asked: &Spanned<String>, text: &mut Text) {
    let message =
        format!("the macro `{}` asks about `{}`, which this hook lacks", name.value, asked.value);
    let finding = Finding::at(name.span, message)
        .label(format!("the hook has no argument `{}`", asked.value))
        .also(asked.span, "asked about here")
        .help(format!("name `{}` in the hook's list of arguments", asked.value));
    report::unknown_name(text, finding);
}
