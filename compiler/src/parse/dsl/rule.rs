//! A rule: `when … => …`, or `otherwise => …`.

use super::Text;
use super::argument::Names;
use super::constant::Constants;
use super::grammar::Rule;
use super::outline::Piece;
use super::pairs::{Pair, parse};
use super::{action, condition};
use crate::policy::{Action, Expression, NotYet, Selector};
use crate::source::Span;

/// What a rule can refer to, and the parts of it that the engine does not do yet.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) names: &'a Names,
    pub(super) constants: &'a Constants,
    pub(super) not_yet: Vec<NotYet>,
}

impl Scope<'_> {
    pub(super) fn not_yet(&mut self, what: impl Into<String>, span: Span) {
        self.not_yet.push(NotYet { what: what.into(), span });
    }
}

/// Reads a rule. `None`: its syntax has a mistake.
pub(super) fn selector(piece: &Piece, scope: &mut Scope, text: &mut Text) -> Option<Selector> {
    let pair = parse(Rule::rule_piece, piece, text)?;
    let (condition, return_condition) = match pair.child(Rule::condition) {
        Some(asked) => condition::condition(&asked, scope, text),
        None => (Expression::always(), Expression::always()),
    };
    let label = pair.child(Rule::rule_label).and_then(|label| label.string(text));
    let returning = pair.child(Rule::returning);
    Some(Selector {
        span: pair.span(text),
        label,
        macros: Vec::new(),
        condition,
        return_condition,
        actions: actions(Some(&pair), scope, text),
        return_actions: actions(returning.as_ref(), scope, text),
    })
}

fn actions(pair: Option<&Pair>, scope: &mut Scope, text: &mut Text) -> Vec<Action> {
    let list = pair.and_then(|pair| pair.child(Rule::actions));
    let mut actions = Vec::new();
    for one in list.iter().flat_map(|list| list.all(Rule::action)) {
        actions.extend(action::action(&one, scope, text));
    }
    actions
}
