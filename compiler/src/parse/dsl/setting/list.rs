//! `list NAME: TYPE = […]`, and `enforce on […]`.

use super::Settings;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report, value};
use crate::policy::{Enforcer, List, ListKind};
use crate::source::Spanned;

/// Takes in a list.
pub(super) fn list(pair: &Pair, settings: &mut Settings, text: &mut Text) {
    let Some(name) = pair.child(Rule::name).map(|name| name.named(text)) else { return };
    if let Some(first) = settings.lists.iter().find(|list| list.name.value == name.value) {
        let what = format!("the list `{}`", name.value);
        return report::declared_twice(text, &what, name.span, first.name.span);
    }
    let kind = pair.child(Rule::word).and_then(|word| kind(&word, text));
    let values = match pair.child(Rule::operand) {
        Some(operand) => {
            let operand = value::operand(&operand, &settings.constants, text);
            value::without_words(operand, &settings.constants, text)
        }
        None => Vec::new(),
    };
    let pattern = pair.string(text);
    let validated = pair.child(Rule::validated_word).map(|word| word.span(text));
    settings.lists.push(List { span: pair.span(text), name, kind, values, pattern, validated });
}

fn kind(word: &Pair, text: &mut Text) -> Option<Spanned<ListKind>> {
    let found = ListKind::ALL.into_iter().find(|kind| kind.name() == word.text());
    if found.is_none() {
        let legal = ListKind::ALL.map(ListKind::name);
        report::unknown_word(text, "type of list", word.text(), word.span(text), legal);
    }
    found.map(|kind| Spanned::new(kind, word.span(text)))
}

/// Reads `enforce on […]`. A list is written as TracingPolicy does: `list:NAME`.
pub(super) fn enforcer(pair: &Pair, text: &mut Text) -> Enforcer {
    let mut calls = Vec::new();
    for call in pair.all(Rule::call) {
        if let Some(list) = call.child(Rule::list_reference) {
            let name = list.child(Rule::name).map(|name| name.named(text));
            calls.extend(
                name.map(|name| Spanned::new(format!("list:{}", name.value), call.span(text))),
            );
        } else {
            calls.extend(call.child(Rule::point_name).map(|name| name.named(text)));
        }
    }
    Enforcer { span: pair.span(text), calls }
}
