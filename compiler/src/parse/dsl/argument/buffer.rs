//! How much of a buffer is read, and when: `size count`, `returned`, `max`.

use super::{ArgumentPlace, position};
use crate::diagnostic::Finding;
use crate::parse::dsl::grammar::Rule;
use crate::parse::dsl::pairs::Pair;
use crate::parse::dsl::{Text, report};
use crate::policy::{Argument, SizeArgument};
use crate::source::Spanned;

/// Takes in one of the words after a type.
pub(super) fn option(pair: &Pair, argument: &mut Argument, text: &mut Text) {
    let span = pair.span(text);
    let first = if pair.child(Rule::returned_word).is_some() {
        argument.return_copy.replace(span)
    } else if pair.child(Rule::max_word).is_some() {
        argument.max_data.replace(span)
    } else {
        let first = argument.size_argument.take().map(|size| size.span());
        argument.size_argument = size(pair, text);
        first
    };
    if let Some(first) = first {
        report::declared_twice(text, &format!("`{}`", pair.text()), span, first);
    }
}

/// `size count`, or `size #2`.
fn size(pair: &Pair, text: &mut Text) -> Option<SizeArgument> {
    if let Some(name) = pair.child(Rule::word) {
        return Some(SizeArgument::Name(name.spanned(text)));
    }
    if let Some(place) = pair.child(Rule::position) {
        // TracingPolicy counts from 1 here.
        let place = position(&place, text);
        return Some(SizeArgument::Number(place.map(|place| place.saturating_add(1))));
    }
    let number = pair.child(Rule::number)?;
    let span = number.span(text);
    let finding = Finding::at(span, "the size is that of another argument")
        .label("not an argument")
        .help(format!("write its name or its position: `size #{}`", number.text()));
    report::wrong_value(text, finding);
    None
}

/// A name that the hook gives to a position stands for the position.
pub(super) fn number_sizes(arguments: &mut [Argument]) {
    let positions: Vec<(String, u32)> = arguments
        .iter()
        .filter_map(|argument| match &argument.place {
            ArgumentPlace::Index { index, name: Some(name) } => {
                Some((name.value.clone(), index.value))
            }
            ArgumentPlace::Index { .. } | ArgumentPlace::Name(_) | ArgumentPlace::Return { .. } => {
                None
            }
        })
        .collect();
    for argument in arguments {
        let Some(SizeArgument::Name(name)) = &argument.size_argument else { continue };
        let Some((_, index)) = positions.iter().find(|(known, _)| *known == name.value) else {
            continue;
        };
        let number = Spanned::new(index.saturating_add(1), name.span);
        argument.size_argument = Some(SizeArgument::Number(number));
    }
}
