//! What a hook reads: its arguments, its data and its return value.

mod buffer;
mod names;
mod origin;

pub(super) use names::{Names, Reading};
pub(super) use origin::{SOURCES, path};

use super::grammar::Rule;
use super::pairs::Pair;
use super::{Text, report};
use crate::diagnostic::Finding;
use crate::policy::{Argument, ArgumentPlace, ArgumentType, FieldPath, Source};
use crate::source::{Span, Spanned};
use origin::{Origin, Root};

/// Whether hooks of a kind have a list of data beside their arguments. At the others, what is read
/// from the current task stands among the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Arguments,
    Data,
}

/// What the parentheses of a header declare.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) arguments: Vec<Argument>,
    pub(super) data: Vec<Argument>,
}

/// Reads `( … )`. Data goes to `section`. `None`: there was a mistake.
pub(super) fn arguments(
    header: &Pair,
    section: Section,
    names: &mut Names,
    text: &mut Text,
) -> Option<Declared> {
    let mut declared = Declared::default();
    let before = text.mistakes;
    let Some(pairs) = header.child(Rule::arguments) else { return Some(declared) };
    for pair in pairs.all(Rule::argument) {
        argument(&pair, section, &mut declared, names, text);
    }
    buffer::number_sizes(&mut declared.arguments);
    (text.mistakes == before).then_some(declared)
}

fn argument(
    pair: &Pair,
    section: Section,
    declared: &mut Declared,
    names: &mut Names,
    text: &mut Text,
) {
    let origin = pair.child(Rule::origin).and_then(|origin| origin::origin(&origin, text));
    let is_data = match pair.child(Rule::section) {
        Some(marked) => marked.child(Rule::data_word).is_some(),
        None => section == Section::Data && origin.as_ref().is_some_and(Origin::is_data),
    };
    let list = if is_data { &mut declared.data } else { &mut declared.arguments };
    let place = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let read = read(pair, place, origin, text);
    if let Some(name) = read.alias.as_ref().or(own_name(&read.place)) {
        let reading = if is_data { Reading::Data(place) } else { Reading::Argument(place) };
        names.declare(name, reading, text);
    }
    list.push(read);
}

fn own_name(place: &ArgumentPlace) -> Option<&Spanned<String>> {
    match place {
        ArgumentPlace::Index { name, .. } | ArgumentPlace::Return { name, .. } => name.as_ref(),
        ArgumentPlace::Name(name) => Some(name),
    }
}

/// Reads one argument. Data without a position has the next in its list, which is `next`.
fn read(pair: &Pair, next: u32, origin: Option<Origin>, text: &mut Text) -> Argument {
    let (index, name) = place(pair, text);
    let span = pair.span(text);
    let written = match (&index, &name) {
        (Some(index), name) => ArgumentPlace::Index { index: *index, name: name.clone() },
        (None, Some(name)) => ArgumentPlace::Name(name.clone()),
        (None, None) => ArgumentPlace::Name(Spanned::new(String::new(), span)),
    };
    let Some(origin) = origin else { return finish(pair, written, text) };
    let (place, alias) = match origin.root.clone() {
        Root::Source(_) => {
            (ArgumentPlace::Index { index: index.unwrap_or(Spanned::new(next, span)), name }, None)
        }
        Root::Index(root) => {
            if index.is_some_and(|index| index.value != root.value) {
                other_root(root.span, text);
            }
            (ArgumentPlace::Index { index: root, name }, None)
        }
        Root::Name(root) => {
            if index.is_some() {
                other_root(root.span, text);
            }
            let alias = name.filter(|name| name.value != root.value);
            (ArgumentPlace::Name(root), alias)
        }
        Root::Return(span) => {
            only_after_arrow(span, text);
            (written, None)
        }
    };
    origin.give(Argument { alias, ..finish(pair, place, text) })
}

fn other_root(span: Span, text: &mut Text) {
    let finding = Finding::at(span, "this is another argument than the one before the `:`")
        .label("not the argument that is declared here")
        .help("write the same position on both sides, or a name before the `:`".to_owned());
    report::wrong_value(text, finding);
}

fn only_after_arrow(span: Span, text: &mut Text) {
    let finding = Finding::at(span, "an argument is not what the function returns")
        .label("only after `->`")
        .help("write `-> name: type = return.field`".to_owned());
    report::wrong_value(text, finding);
}

/// Reads `-> name: type`. `-> _` reports the value without a name.
pub(super) fn returns(pair: &Pair, names: &mut Names, text: &mut Text) -> Option<Argument> {
    let before = text.mistakes;
    let (index, name) = place(pair, text);
    let name = name.filter(|name| name.value != "_");
    if let Some(name) = &name {
        names.declare(name, Reading::Return, text);
    }
    let read = finish(pair, ArgumentPlace::Return { index, name }, text);
    let origin = pair.child(Rule::origin).and_then(|origin| origin::origin(&origin, text));
    if let Some((Root::Index(_) | Root::Name(_), span)) =
        origin.as_ref().map(|origin| (&origin.root, origin.span))
    {
        let finding = Finding::at(span, "only fields of what is returned can be read here")
            .label("another argument")
            .help("write `-> name: type = return.field`".to_owned());
        report::wrong_value(text, finding);
    }
    let read = match origin {
        Some(origin) => origin.give(read),
        None => read,
    };
    (text.mistakes == before).then_some(read)
}

/// What a condition reads from the current task or the registers without a declaration.
pub(super) fn implicit(
    place: u32,
    source: Source,
    type_: Option<ArgumentType>,
    path: FieldPath,
    span: Span,
) -> Argument {
    let place = ArgumentPlace::Index { index: Spanned::new(place, span), name: None };
    Argument {
        source: Some(Spanned::new(source, span)),
        resolve: Some(path),
        ..Argument::plain(span, place, type_.map(|type_| Spanned::new(type_, span)))
    }
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
    let mut argument = Argument { label, ..Argument::plain(pair.span(text), place, type_) };
    for option in pair.all(Rule::buffer) {
        buffer::option(&option, &mut argument, text);
    }
    argument
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
