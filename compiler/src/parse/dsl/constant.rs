//! What `let` declares.

use std::collections::BTreeMap;

use super::grammar::Rule;
use super::pairs::Pair;
use super::value::{Value, operand};
use super::{Text, report};
use crate::source::Span;

/// The constants of one policy. A constant may use those before it.
#[derive(Debug, Default)]
pub(super) struct Constants {
    by_name: BTreeMap<String, (Span, Vec<Value>)>,
}

impl Constants {
    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<&[Value]> {
        self.by_name.get(name).map(|(_, values)| values.as_slice())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Takes in `let name = value`.
    pub(super) fn declare(&mut self, pair: &Pair, text: &mut Text) {
        let (Some(name), Some(values)) = (pair.child(Rule::word), pair.child(Rule::operand)) else {
            return;
        };
        let span = name.span(text);
        if let Some((first, _)) = self.by_name.get(name.text()) {
            return report::declared_twice(text, &format!("`{}`", name.text()), span, *first);
        }
        let values = operand(&values, self, text).values;
        self.by_name.insert(name.text().to_owned(), (span, values));
    }
}
