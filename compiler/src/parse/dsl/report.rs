//! Where each mistake of a Writ text becomes a finding.

use super::Text;
use super::expected::shortened;
use crate::diagnostic::{Finding, Near, Safety, code};
use crate::source::Span;

/// Findings of one text after which the rest is not reported.
pub(super) const MISTAKES_MAX: usize = 100;

/// Something else was expected: `expected … , found …`.
pub(super) fn unexpected(text: &mut Text, finding: Finding) {
    text.report(&code::UNEXPECTED, finding);
}

/// A bracket that has no partner.
pub(super) fn unbalanced(text: &mut Text, finding: Finding) {
    text.report(&code::UNBALANCED, finding);
}

/// A text in quotes that is not closed or has an unknown escape.
pub(super) fn bad_text(text: &mut Text, span: Span, message: &str, help: String) {
    text.report(&code::BAD_TEXT, Finding::at(span, message).label("here").help(help));
}

/// Parentheses and `not` deeper than the parser goes.
pub(super) fn too_deep(text: &mut Text, span: Span, limit: usize) {
    let finding = Finding::at(span, format!("conditions are nested deeper than {limit} levels"))
        .label("this level is too deep")
        .help("write several rules, or move `not` inward".to_owned());
    text.report(&code::TOO_DEEP, finding);
}

/// A word that means nothing at its place. `kind` says what would: `hook kind`.
pub(super) fn unknown_word<'a>(
    text: &mut Text,
    kind: &str,
    word: &str,
    span: Span,
    legal: impl IntoIterator<Item = &'a str>,
) {
    let legal: Vec<&str> = legal.into_iter().collect();
    let near = Near::to(word, legal.iter().copied());
    let help = near.help().or_else(|| one_of(&legal));
    let finding = Finding::at(span, format!("there is no {kind} `{}`", shortened(word)))
        .label(format!("not a {kind}"))
        .help(help)
        .fix(near.fix(span, Safety::Unsafe));
    text.report(&code::UNKNOWN_TERM, finding);
}

/// The legal words, when they are few enough to be read.
fn one_of(legal: &[&str]) -> Option<String> {
    let (last, rest) = legal.split_last()?;
    if rest.len() > 12 {
        return None;
    }
    let rest: Vec<String> = rest.iter().map(|word| format!("`{word}`")).collect();
    Some(if rest.is_empty() {
        format!("write `{last}`")
    } else {
        format!("write one of {} or `{last}`", rest.join(", "))
    })
}

/// A name that its hook or policy does not declare.
pub(super) fn unknown_name(text: &mut Text, finding: Finding) {
    text.report(&code::UNKNOWN_NAME, finding);
}

/// A name or setting that is there already.
pub(super) fn declared_twice(text: &mut Text, what: &str, span: Span, first: Span) {
    let finding = Finding::at(span, format!("{what} is given twice"))
        .label("given again here")
        .also(first, "first given here")
        .help("keep one of them".to_owned());
    text.report(&code::DECLARED_TWICE, finding);
}

/// `or` or `not` over conditions of entry and of return.
pub(super) fn mixed_times(text: &mut Text, span: Span, of_return: Span) {
    let finding = Finding::at(span, "this asks about the entry and the return of the call at once")
        .label("decided partly at entry, partly at return")
        .also(of_return, "this is known only when the call returns")
        .help("join the two with `and`, or write two rules".to_owned())
        .note("what happens at entry is decided before the return value exists");
    text.report(&code::MIXED_TIMES, finding);
}

/// A macro where only conditions can stand.
pub(super) fn misplaced_macro(text: &mut Text, span: Span, why: &str) {
    let finding = Finding::at(span, why)
        .label("cannot be used here")
        .help("write `when use NAME and …`, or the macro's condition itself".to_owned())
        .note("a macro adds its conditions and its actions to those of the rule");
    text.report(&code::MISPLACED_MACRO, finding);
}

/// A value of the wrong form.
pub(super) fn wrong_value(text: &mut Text, finding: Finding) {
    text.report(&code::WRONG_VALUE, finding);
}

/// A comparison that its subject does not have.
pub(super) fn wrong_comparison(text: &mut Text, finding: Finding) {
    text.report(&code::WRONG_COMPARISON, finding);
}

/// A rate that TracingPolicy's whole seconds cannot say.
pub(super) fn uneven_rate(text: &mut Text, finding: Finding) {
    text.report(&code::UNEVEN_RATE, finding);
}

/// More than the parser expands.
pub(super) fn too_large(text: &mut Text, span: Span, what: &str) {
    let finding = Finding::at(span, format!("{what} grows too large"))
        .label("this exceeds the limit, and is not read")
        .help("use fewer names inside names, or split what is so large".to_owned());
    text.report(&code::TOO_LARGE, finding);
}
