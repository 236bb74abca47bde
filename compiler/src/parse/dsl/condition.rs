//! Conditions joined by `and`, `or` and `not`, parted into what is decided when a call begins and
//! what is decided when it returns.

use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::Scope;
use super::{Text, comparison, report, workload};
use crate::policy::{Condition, Expression};
use crate::source::{Span, Spanned};

/// What the condition of a rule asks. All of the parts must hold.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) entry: Vec<Expression>,
    pub(super) returned: Vec<Expression>,
    /// The macros whose conditions are added.
    pub(super) macros: Vec<Spanned<String>>,
}

/// When a condition can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Entry,
    Return,
}

/// A condition and when its tests are decided.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) form: Form,
    pub(super) span: Span,
}

/// The form of a term.
#[derive(Debug)]
pub(super) enum Form {
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
    /// Tests that share one time.
    Leaf {
        expression: Expression,
        time: Time,
    },
    /// `use NAME`
    Use(Spanned<String>),
}

/// Reads a condition.
pub(super) fn condition(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Asked {
    let term = any(pair, scope, text);
    let mut asked = Asked::default();
    part(term, &mut asked, text);
    asked
}

fn any(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Term {
    let mut terms: Vec<Term> = Vec::new();
    for child in pair.all(Rule::conjunction) {
        terms.push(all(&child, scope, text));
    }
    join(terms, pair.span(text), Form::Any)
}

fn all(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Term {
    let mut terms: Vec<Term> = Vec::new();
    for child in pair.all(Rule::negation) {
        terms.push(negation(&child, scope, text));
    }
    join(terms, pair.span(text), Form::All)
}

fn join(mut terms: Vec<Term>, span: Span, form: fn(Vec<Term>) -> Form) -> Term {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        last => {
            terms.extend(last);
            Term { form: form(terms), span }
        }
    }
}

fn negation(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Term {
    let span = pair.span(text);
    let mut term = Term { form: Form::All(Vec::new()), span };
    for child in pair.children().filter(|child| child.rule() != Rule::not_word) {
        term = primary(&child, scope, text);
    }
    for _ in pair.all(Rule::not_word) {
        term = Term { form: Form::Not(Box::new(term)), span };
    }
    term
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the grammar leaves only tests here")]
fn primary(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Term {
    let span = pair.span(text);
    let form = match pair.rule() {
        Rule::group => match pair.child(Rule::condition) {
            Some(inner) => return any(&inner, scope, text),
            None => Form::All(Vec::new()),
        },
        Rule::changed => return comparison::changed(pair, scope, text),
        Rule::workload_test => {
            let workloads = workload::workloads(pair, scope.constants, text);
            let expression = Expression::Test(Condition::Workload { span, workloads });
            Form::Leaf { expression, time: Time::Entry }
        }
        Rule::used => match pair.child(Rule::name).map(|name| name.named(text)) {
            Some(name) => {
                scope.macros.check_use(&name, scope, text);
                Form::Use(name)
            }
            None => Form::All(Vec::new()),
        },
        // What holds always or never is known at any time.
        Rule::literal if pair.text() == "never" => Form::Any(Vec::new()),
        Rule::literal => Form::All(Vec::new()),
        _ => return comparison::test(pair, scope, text),
    };
    Term { form, span }
}

/// Parts a term by time. Only `and` can be taken apart.
fn part(term: Term, asked: &mut Asked, text: &mut Text) {
    match term.form {
        Form::All(terms) => {
            for term in terms {
                part(term, asked, text);
            }
            return;
        }
        Form::Use(name) => return asked.macros.push(name),
        Form::Any(_) | Form::Not(_) | Form::Leaf { .. } => {}
    }
    if let Some(span) = used(&term) {
        return report::misplaced_macro(text, span, "a macro is added to a rule as a whole");
    }
    let at_entry = find(&term, Time::Entry);
    let at_return = find(&term, Time::Return);
    if let (Some(_), Some(at_return)) = (at_entry, at_return) {
        return report::mixed_times(text, term.span, at_return);
    }
    let side = if at_return.is_some() { &mut asked.returned } else { &mut asked.entry };
    side.push(expression(term));
}

/// The first macro below.
fn used(term: &Term) -> Option<Span> {
    match &term.form {
        Form::All(terms) | Form::Any(terms) => terms.iter().find_map(used),
        Form::Not(term) => used(term),
        Form::Use(name) => Some(name.span),
        Form::Leaf { .. } => None,
    }
}

/// The first test of this time.
fn find(term: &Term, time: Time) -> Option<Span> {
    match &term.form {
        Form::All(terms) | Form::Any(terms) => terms.iter().find_map(|term| find(term, time)),
        Form::Not(term) => find(term, time),
        Form::Leaf { time: found, .. } => (*found == time).then_some(term.span),
        Form::Use(_) => None,
    }
}

fn expression(term: Term) -> Expression {
    match term.form {
        Form::All(terms) => Expression::All(terms.into_iter().map(expression).collect()),
        Form::Any(terms) => Expression::Any(terms.into_iter().map(expression).collect()),
        Form::Not(term) => Expression::Not(Box::new(expression(*term))),
        Form::Leaf { expression, .. } => expression,
        // It was taken out before, or reported.
        Form::Use(_) => Expression::always(),
    }
}
