//! `changed ns.mnt`, `changed cap.effective CAP_SETUID`: what differs from when the process was
//! started.

use super::capability::names;
use super::process::in_or_not_in;
use super::{Comparison, Followers, Verb, Who, who, wrong};
use crate::parse::dsl::condition::{Form, Term, Time};
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::rule::Scope;
use crate::parse::dsl::subject::{capability_set, namespace};
use crate::parse::dsl::value::{self, Operand};
use crate::parse::dsl::{Text, report};
use crate::policy::{CapabilitySet, Condition, Expression, NamespaceKind};
use crate::source::Spanned;

/// Reads a `changed`.
pub(in crate::parse::dsl) fn changed(pair: &Pair, scope: &Scope, text: &mut Text) -> Term {
    let span = pair.span(text);
    let expression = read(pair, scope, text).map_or_else(Expression::always, Expression::Test);
    Term { form: Form::Leaf { expression, time: Time::Entry }, span }
}

fn read(pair: &Pair, scope: &Scope, text: &mut Text) -> Option<Condition> {
    let words: Vec<Pair> = pair.all(Rule::word).collect();
    let of = match words.as_slice() {
        [of, _] => of.clone(),
        _ => pair.child(Rule::changed_kind)?,
    };
    let part = words.get(1).map(|part| part.spanned(text));
    let operand = pair.child(Rule::operand);
    let operand = operand.map(|operand| value::operand(&operand, scope.constants, text));
    let comparison = match pair.child(Rule::operator) {
        Some(_) => super::comparison(pair, text)?,
        None => plain(pair, text),
    };
    match of.text() {
        "ns" => namespaces(part, operand, &comparison, text),
        "cap" => capabilities(part, operand, &comparison, text),
        other => {
            report::unknown_word(text, "thing that changes", other, of.span(text), ["ns", "cap"]);
            None
        }
    }
}

/// Without an operator, `in` is meant.
fn plain(pair: &Pair, text: &Text) -> Comparison {
    let followers = pair
        .child(Rule::followers)
        .map(|suffix| Followers { who: who(&suffix), span: suffix.span(text) });
    let span = pair.span(text);
    Comparison {
        verb: Verb::In,
        is_negated: false,
        ignores_case: None,
        followers,
        span,
        whole: span,
    }
}

/// `changed ns.mnt`, or `changed ns in [mnt, net]`.
fn namespaces(
    kind: Option<Spanned<String>>,
    operand: Option<Operand>,
    comparison: &Comparison,
    text: &mut Text,
) -> Option<Condition> {
    let operator = in_or_not_in("a change of namespaces", comparison, text)?;
    let help = "write `changed ns.mnt`, or `changed ns in [mnt, net]`";
    if let Some(followers) = comparison.followers {
        wrong(followers.span, "this does not extend this test", help, text);
        return None;
    }
    let before = text.mistakes;
    let values: Vec<Spanned<NamespaceKind>> = match (kind, operand) {
        (Some(kind), None) => vec![namespace(&kind, text)?],
        (None, Some(operand)) => {
            let words = operand.values.into_iter();
            words.filter_map(|word| namespace(&word.into_spanned(), text)).collect()
        }
        (Some(_), Some(operand)) => {
            wrong(operand.span, "the namespace is named already", help, text);
            return None;
        }
        (None, None) => {
            wrong(comparison.whole, "this names no namespace", help, text);
            return None;
        }
    };
    let span = comparison.whole;
    (text.mistakes == before).then_some(Condition::NamespaceChange { span, operator, values })
}

/// `changed cap.effective CAP_SETUID`, or with `in […]`.
fn capabilities(
    set: Option<Spanned<String>>,
    operand: Option<Operand>,
    comparison: &Comparison,
    text: &mut Text,
) -> Option<Condition> {
    let operator = in_or_not_in("a change of capabilities", comparison, text)?;
    let help = "write `changed cap.effective CAP_SETUID`, or `in […]` with several";
    if let Some(followers) = comparison.followers.filter(|one| one.who != Who::Namespaced) {
        wrong(followers.span, "this does not extend this test", help, text);
        return None;
    }
    let (set, set_span) = match set {
        Some(set) => capability_set(&set, text).map(|set| (set.value, Some(set.span)))?,
        None => (CapabilitySet::Effective, None),
    };
    let Some(operand) = operand else {
        wrong(comparison.whole, "this names no capability", help, text);
        return None;
    };
    Some(Condition::CapabilityChange {
        span: comparison.whole,
        set,
        set_span,
        operator,
        values: names(operand, text)?,
        is_namespace_capability: comparison.followers.map(|namespaced| namespaced.span),
    })
}
