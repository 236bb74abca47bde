//! What a hook reads: its arguments and its return value.

use std::collections::BTreeMap;

use super::grammar::Rule;
use super::pairs::Pair;
use super::{Text, report};
use crate::diagnostic::Finding;
use crate::policy::{Argument, ArgumentPlace, ArgumentType, NotYet};
use crate::source::{Span, Spanned};

/// The names that a hook's header declares.
#[derive(Debug, Default)]
pub(super) struct Names {
    arguments: BTreeMap<String, Span>,
    returned: Option<Spanned<String>>,
}

impl Names {
    /// Whether `name` is an argument known at entry.
    pub(super) fn has_argument(&self, name: &str) -> bool {
        self.arguments.contains_key(name)
    }

    /// Whether `name` is the return value.
    pub(super) fn is_returned(&self, name: &str) -> bool {
        self.returned.as_ref().is_some_and(|returned| returned.value == name)
    }

    /// Every name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let returned = self.returned.as_ref().map(|returned| returned.value.as_str());
        self.arguments.keys().map(String::as_str).chain(returned)
    }
}

/// Reads `( … )`. `None`: there was a mistake.
pub(super) fn arguments(
    header: &Pair,
    names: &mut Names,
    not_yet: &mut Vec<NotYet>,
    text: &mut Text,
) -> Option<Vec<Argument>> {
    let mut list = Vec::new();
    let before = text.mistakes;
    let Some(pairs) = header.child(Rule::arguments) else { return Some(list) };
    for pair in pairs.all(Rule::argument) {
        list.push(argument(&pair, names, text));
        if let Some(buffer) = pair.child(Rule::buffer) {
            let what = "sizes of buffers".to_owned();
            not_yet.push(NotYet { what, span: buffer.span(text) });
        }
        if let Some(path) = pair.child(Rule::field_path) {
            let what = "arguments that resolve a path of fields".to_owned();
            not_yet.push(NotYet { what, span: path.span(text) });
        }
    }
    (text.mistakes == before).then_some(list)
}

fn argument(pair: &Pair, names: &mut Names, text: &mut Text) -> Argument {
    let (index, name) = place(pair, text);
    if let Some(name) = &name {
        if let Some(first) = names.arguments.get(&name.value) {
            report::declared_twice(text, &format!("`{}`", name.value), name.span, *first);
        }
        names.arguments.insert(name.value.clone(), name.span);
    }
    let place = match (index, name) {
        (Some(index), name) => ArgumentPlace::Index { index, name },
        (None, Some(name)) => ArgumentPlace::Name(name),
        (None, None) => ArgumentPlace::Name(Spanned::new(String::new(), pair.span(text))),
    };
    finish(pair, place, text)
}

/// Reads `-> name: type`. `-> _` reports the value without a name.
pub(super) fn returns(pair: &Pair, names: &mut Names, text: &mut Text) -> Option<Argument> {
    let before = text.mistakes;
    let (index, name) = place(pair, text);
    let name = name.filter(|name| name.value != "_");
    if let Some(name) = &name {
        if let Some(first) = names.arguments.get(&name.value) {
            report::declared_twice(text, &format!("`{}`", name.value), name.span, *first);
        }
        names.returned = Some(name.clone());
    }
    let argument = finish(pair, ArgumentPlace::Return { index, name }, text);
    (text.mistakes == before).then_some(argument)
}

fn place(pair: &Pair, text: &mut Text) -> (Option<Spanned<u32>>, Option<Spanned<String>>) {
    let place = pair.child(Rule::argument_place);
    let index = place.as_ref().and_then(|place| place.child(Rule::position));
    let name = place.as_ref().and_then(|place| place.child(Rule::word));
    (index.map(|index| position(&index, text)), name.map(|name| name.spanned(text)))
}

/// `#0`.
pub(super) fn position(pair: &Pair, text: &mut Text) -> Spanned<u32> {
    let span = pair.span(text);
    let digits = pair.text().trim_start_matches('#');
    Spanned::new(small_number(digits, span, text), span)
}

/// A number that counts arguments.
pub(super) fn small_number(digits: &str, span: Span, text: &mut Text) -> u32 {
    digits.parse().unwrap_or_else(|_| {
        let finding = Finding::at(span, format!("`{digits}` is no position"))
            .label("not a number of an argument")
            .help("positions are counted from 0".to_owned());
        report::wrong_value(text, finding);
        0
    })
}

fn finish(pair: &Pair, place: ArgumentPlace, text: &mut Text) -> Argument {
    let type_ = pair.child(Rule::type_name).and_then(|name| type_(&name, text));
    let label = pair.child(Rule::label).and_then(|label| label.string(text));
    Argument { label, ..Argument::plain(pair.span(text), place, type_) }
}

/// `auto` is the same as no type.
fn type_(pair: &Pair, text: &mut Text) -> Option<Spanned<ArgumentType>> {
    let span = pair.span(text);
    let known = ArgumentType::from_name(pair.text());
    if known.is_none() && pair.text() != "auto" {
        let legal = ArgumentType::ALL.iter().map(|type_| type_.name());
        report::unknown_word(text, "argument type", pair.text(), span, legal);
    }
    known.map(|type_| Spanned::new(type_, span))
}
