//! The names that a hook's header declares.

use std::collections::BTreeMap;

use crate::parse::dsl::{Text, report};
use crate::source::{Span, Spanned};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse::dsl) enum Reading {
    /// The argument at this place of the hook's list.
    Argument(u32),
    /// The data at this place of the hook's list.
    Data(u32),
    /// What the function returns.
    Return,
}

/// Names and what they stand for.
#[derive(Debug, Default)]
pub(in crate::parse::dsl) struct Names {
    by_name: BTreeMap<String, (Span, Reading)>,
}

impl Names {
    /// What `name` stands for.
    pub(in crate::parse::dsl) fn get(&self, name: &str) -> Option<Reading> {
        self.by_name.get(name).map(|&(_, reading)| reading)
    }

    /// Every name.
    pub(in crate::parse::dsl) fn iter(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Takes in a name.
    pub(super) fn declare(&mut self, name: &Spanned<String>, reading: Reading, text: &mut Text) {
        if let Some((first, _)) = self.by_name.get(&name.value) {
            return report::declared_twice(text, &format!("`{}`", name.value), name.span, *first);
        }
        self.by_name.insert(name.value.clone(), (name.span, reading));
    }
}
