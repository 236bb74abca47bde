//! A comparison: subject, operator and values, as the equivalent TracingPolicy filter.

mod argument;
mod capability;
mod changed;
mod process;

pub(super) use changed::changed;

use super::condition::{Form, Term, Time};
use super::grammar::Rule;
use super::pairs::Pair;
use super::rule::Scope;
use super::subject::{self, Subject};
use super::value::{self, Operand};
use super::workload::{self, Owner};
use super::{Text, report};
use crate::diagnostic::Finding;
use crate::policy::{ArgumentReference, Condition, Expression, LabelSelector, Workloads};
use crate::source::Span;

/// What an operator asks, apart from negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Equals,
    In,
    Less,
    AtMost,
    Greater,
    AtLeast,
    StartsWith,
    EndsWith,
    Contains,
    HasBits,
    /// `in_map` and `in_range` name TracingPolicy's operators, where `in` would choose another.
    InMap,
    InRange,
    /// `is privileged`
    Is,
    /// `cap.effective has CAP_SYS_ADMIN`
    Has,
    /// `CapabilitiesGained`
    Gains,
    /// `CelExpr`
    Matches,
}

/// The operators that are words.
const WORDS: [(&str, Verb); 11] = [
    ("in", Verb::In),
    ("starts_with", Verb::StartsWith),
    ("ends_with", Verb::EndsWith),
    ("contains", Verb::Contains),
    ("has_bits", Verb::HasBits),
    ("in_map", Verb::InMap),
    ("in_range", Verb::InRange),
    ("has", Verb::Has),
    ("gains", Verb::Gains),
    ("matches", Verb::Matches),
    ("is", Verb::Is),
];

/// The operators that are signs. `!=` is a negated [`Verb::Equals`].
const SIGNS: [(&str, Verb); 6] = [
    ("==", Verb::Equals),
    ("!=", Verb::Equals),
    ("<=", Verb::AtMost),
    (">=", Verb::AtLeast),
    ("<", Verb::Less),
    (">", Verb::Greater),
];

/// An operator as it was written.
#[derive(Debug, Clone)]
struct Comparison {
    verb: Verb,
    is_negated: bool,
    ignores_case: Option<Span>,
    followers: Option<Followers>,
    /// The operator.
    span: Span,
    /// The whole test.
    whole: Span,
}

/// Who else counts as the process that is asked about.
#[derive(Debug, Clone, Copy)]
struct Followers {
    who: Who,
    span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// `and children`
    Children,
    /// `and descendants`
    Descendants,
    /// `and namespaced`
    Namespaced,
}

/// Reads a test.
pub(super) fn test(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Term {
    let span = pair.span(text);
    let (expression, time) =
        read(pair, scope, text).unwrap_or_else(|| (Expression::always(), Time::Entry));
    Term { form: Form::Leaf { expression, time }, span }
}

fn read(pair: &Pair, scope: &mut Scope, text: &mut Text) -> Option<(Expression, Time)> {
    let subject = pair.child(Rule::subject)?;
    let subject = subject::subject(&subject, scope, text);
    if let Some(Subject::Label(label)) = &subject {
        return Some((label_test(label, pair, scope, text)?, Time::Entry));
    }
    let comparison = comparison(pair, text);
    let operand = value::operand(&pair.child(Rule::operand)?, scope.constants, text);
    let over = match pair.child(Rule::over) {
        Some(over) => Some(other_set(&over, scope, text)?),
        None => None,
    };
    let (subject, comparison) = (subject?, comparison?);
    check_suffixes(&subject, &comparison, text)?;
    match subject {
        Subject::Argument { reference, field, time } => {
            let expression = match (field, comparison.verb) {
                (None, Verb::Gains) => argument::gains(reference, over, &comparison, operand, text),
                (None, Verb::Matches) => argument::matches(reference, &comparison, operand, text),
                (None, _) => argument::whole(&reference, &comparison, operand, scope, text),
                (Some(field), _) => argument::field(reference, &field, &comparison, operand, text),
            }?;
            Some((expression, time))
        }
        Subject::Capabilities { set, span } => {
            Some((capability::has(set, span, &comparison, operand, text)?, Time::Entry))
        }
        Subject::Binary(_)
        | Subject::Pid
        | Subject::NamespacePid
        | Subject::Namespace(_)
        | Subject::Label(_) => {
            Some((process::test(&subject, &comparison, operand, scope, text)?, Time::Entry))
        }
    }
}

/// A test of one label.
fn label_test(
    label: &workload::Label,
    pair: &Pair,
    scope: &Scope,
    text: &mut Text,
) -> Option<Expression> {
    let span = pair.span(text);
    let mut labels = LabelSelector { span, labels: Vec::new(), expressions: Vec::new() };
    workload::add(label, pair, scope.constants, &mut labels, text)?;
    let workloads = match label.owner {
        Owner::Container => Workloads { containers: Some(labels), ..Workloads::default() },
        Owner::Pod | Owner::Node => Workloads { pods: Some(labels), ..Workloads::default() },
    };
    Some(Expression::Test(Condition::Workload { span, workloads }))
}

/// `over old`: the argument that holds the set before.
fn other_set(over: &Pair, scope: &mut Scope, text: &mut Text) -> Option<(ArgumentReference, Span)> {
    let subject = over.child(Rule::subject)?;
    match subject::subject(&subject, scope, text)? {
        Subject::Argument { reference, field: None, time: Time::Entry } => {
            Some((reference, over.span(text)))
        }
        Subject::Argument { .. }
        | Subject::Binary(_)
        | Subject::Pid
        | Subject::NamespacePid
        | Subject::Namespace(_)
        | Subject::Capabilities { .. }
        | Subject::Label(_) => {
            let help = "write `new gains CAP_SYS_ADMIN over old`";
            wrong(subject.span(text), "a set is compared with another argument only", help, text);
            None
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the grammar leaves only words here")]
fn comparison(pair: &Pair, text: &mut Text) -> Option<Comparison> {
    let operator = pair.child(Rule::operator)?;
    let inner = operator.children().next()?;
    let span = operator.span(text);
    let verb = match inner.rule() {
        Rule::symbol_operator => {
            SIGNS.iter().find(|(sign, _)| *sign == inner.text()).map(|&(_, verb)| verb)
        }
        Rule::is_operator => Some(Verb::Is),
        _ => word(&inner.child(Rule::word)?, text),
    };
    let is_negated = inner.text() == "!=" || inner.child(Rule::not_word).is_some();
    let ignores_case = pair.child(Rule::ignoring_case).map(|suffix| suffix.span(text));
    let followers = pair
        .child(Rule::followers)
        .map(|suffix| Followers { who: who(&suffix), span: suffix.span(text) });
    Some(Comparison {
        verb: verb?,
        is_negated,
        ignores_case,
        followers,
        span,
        whole: pair.span(text),
    })
}

fn who(suffix: &Pair) -> Who {
    if suffix.child(Rule::children_word).is_some() {
        Who::Children
    } else if suffix.child(Rule::descendants_word).is_some() {
        Who::Descendants
    } else {
        Who::Namespaced
    }
}

fn word(word: &Pair, text: &mut Text) -> Option<Verb> {
    let found = WORDS.iter().find(|(known, _)| *known == word.text()).map(|&(_, verb)| verb);
    if found.is_none() {
        let legal = WORDS.iter().map(|&(known, _)| known);
        report::unknown_word(text, "comparison", word.text(), word.span(text), legal);
    }
    found
}

/// `ignoring case`, `and children` and `and descendants` each belong to one kind of test.
fn check_suffixes(subject: &Subject, comparison: &Comparison, text: &mut Text) -> Option<()> {
    if let Some(span) = comparison.ignores_case.filter(|_| comparison.verb != Verb::Contains) {
        wrong(span, "only `contains` can ignore case", "remove `ignoring case`", text);
        return None;
    }
    let Some(followers) = comparison.followers else { return Some(()) };
    let wanted = match subject {
        Subject::Binary(_) => Some(Who::Children),
        Subject::Pid | Subject::NamespacePid => Some(Who::Descendants),
        Subject::Capabilities { .. } => Some(Who::Namespaced),
        Subject::Argument { .. } | Subject::Namespace(_) | Subject::Label(_) => None,
    };
    if wanted == Some(followers.who) {
        return Some(());
    }
    let help = "write `process.binary in […] and children`, `process.pid in […] and descendants` \
                or `cap.effective has […] and namespaced`";
    wrong(followers.span, "this does not extend this test", help, text);
    None
}

/// Reports a comparison that its subject does not have.
fn wrong(span: Span, message: &str, help: &str, text: &mut Text) {
    let finding = Finding::at(span, message).label("not possible here").help(help.to_owned());
    report::wrong_comparison(text, finding);
}

/// Reports an operator that its subject does not have.
fn wrong_operator(comparison: &Comparison, what: &str, legal: &str, text: &mut Text) {
    wrong(
        comparison.span,
        &format!("{what} cannot be compared in this way"),
        &format!("write {legal}"),
        text,
    );
}

fn negate_if(expression: Expression, comparison: &Comparison) -> Expression {
    if comparison.is_negated { Expression::Not(Box::new(expression)) } else { expression }
}

fn has_range(operand: &Operand) -> Option<Span> {
    operand.values.iter().find(|value| value.form == value::Form::Range).map(|value| value.span)
}
