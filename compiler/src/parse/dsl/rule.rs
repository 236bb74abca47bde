//! A rule: `when … => …`, or `otherwise => …`; and a macro, which is a rule to be used by others.

use super::argument::{Names, Section};
use super::constant::Constants;
use super::definition::Macros;
use super::grammar::Rule;
use super::outline::Piece;
use super::pairs::{Pair, parse};
use super::{Text, action, condition};
use crate::policy::{Action, Argument, ArgumentReference, Expression, Selector};
use crate::source::Spanned;

/// What a rule can refer to, and what its conditions ask of the hook around it.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) names: &'a Names,
    pub(super) constants: &'a Constants,
    pub(super) macros: &'a Macros,
    pub(super) around: Around,
}

/// What a rule stands in.
#[derive(Debug)]
pub(super) enum Around {
    /// A hook: where what its conditions read without a declaration goes, how many entries that
    /// list has already, and what is read.
    Hook { section: Section, declared: usize, implicit: Vec<Argument> },
    /// A macro: which names the hooks that use it must declare.
    Macro { asked: Vec<Spanned<String>> },
}

impl Scope<'_> {
    /// The argument that a condition reads without a declaration: the one that reads the same
    /// already, or a new one. `None`: the rule stands in no hook.
    pub(super) fn implicit(
        &mut self,
        argument: impl FnOnce(u32) -> Argument,
    ) -> Option<ArgumentReference> {
        let Around::Hook { section, declared, implicit } = &mut self.around else { return None };
        let next = u32::try_from(*declared + implicit.len()).unwrap_or(u32::MAX);
        let argument = argument(next);
        let path = |one: &Argument| one.resolve.as_ref().map(|path| path.text.value.clone());
        let source = |one: &Argument| one.source.map(|source| source.value);
        let known = implicit
            .iter()
            .position(|known| (source(known), path(known)) == (source(&argument), path(&argument)));
        let span = argument.span;
        let at = known.unwrap_or(implicit.len());
        if known.is_none() {
            implicit.push(argument);
        }
        let place = Spanned::new(u32::try_from(*declared + at).unwrap_or(u32::MAX), span);
        Some(match section {
            Section::Data => ArgumentReference::Data(place),
            Section::Arguments => ArgumentReference::Place(place),
        })
    }
}

/// Reads a rule. `None`: its syntax has a mistake.
pub(super) fn rule(piece: &Piece, scope: &mut Scope, text: &mut Text) -> Option<Selector> {
    let pair = parse(Rule::rule_piece, piece, text)?;
    Some(selector(&pair, scope, text))
}

/// What a rule or a macro says.
pub(super) fn selector(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Selector {
    let asked = match pair.child(Rule::condition) {
        Some(asked) => condition::condition(&asked, scope, text),
        None => condition::Asked::default(),
    };
    let label = pair.child(Rule::rule_label).and_then(|label| label.string(text));
    let returning = pair.child(Rule::returning);
    Selector {
        span: pair.span(text),
        label,
        macros: asked.macros,
        condition: Expression::All(asked.entry),
        return_condition: Expression::All(asked.returned),
        actions: actions(Some(pair), scope, text),
        return_actions: actions(returning.as_ref(), scope, text),
    }
}

fn actions(pair: Option<&Pair>, scope: &Scope, text: &mut Text) -> Vec<Action> {
    let list = pair.and_then(|pair| pair.child(Rule::actions));
    let mut actions = Vec::new();
    for one in list.iter().flat_map(|list| list.all(Rule::action)) {
        actions.extend(action::action(&one, scope, text));
    }
    actions
}
