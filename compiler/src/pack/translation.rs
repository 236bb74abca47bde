//! Some types of one BTF, as a BTF of their own: numbers of types and offsets of strings change.

use std::collections::BTreeMap;

use super::btf::{self, Btf, Type, TypeId};
use super::btf_kind_table::{Word, shape};

/// From one BTF into another.
#[derive(Debug)]
pub(super) struct Translation<'a> {
    /// Of the BTF from which the types came.
    strings: &'a [u8],
    ids: BTreeMap<TypeId, TypeId>,
    to: Btf,
}

impl<'a> Translation<'a> {
    /// Moves `types`, in the order of their numbers. What they refer to becomes `void` when it is
    /// not among them.
    pub(super) fn of(strings: &'a [u8], types: &BTreeMap<TypeId, Type>) -> Self {
        let ids = types.keys().copied().zip((1..).map(TypeId)).collect();
        let mut translation = Self { strings, ids, to: Btf::new() };
        for found in types.values() {
            let moved = translation.moved(found);
            translation.to.push(moved);
        }
        translation
    }

    /// What `value` becomes in a word with this meaning.
    pub(super) fn word(&mut self, word: Word, value: u32) -> u32 {
        match word {
            Word::Name => self.to.string(btf::text(self.strings, value)),
            Word::Type => self.ids.get(&TypeId(value)).map_or(0, |id| id.0),
            Word::Number => value,
        }
    }

    /// The new BTF.
    pub(super) fn finish(self) -> Btf {
        self.to
    }

    fn moved(&mut self, found: &Type) -> Type {
        let mut moved = found.clone();
        moved.name = self.word(Word::Name, found.name);
        let Some(shape) = shape(found.kind) else { return moved };
        moved.size_or_id = self.word(shape.head, found.size_or_id);
        for (value, word) in moved.rest.iter_mut().zip(shape.meanings()) {
            *value = self.word(word, *value);
        }
        moved
    }
}

/// The types that this one names.
pub(super) fn references(found: &Type) -> Vec<TypeId> {
    let Some(shape) = shape(found.kind) else { return Vec::new() };
    let head = [(shape.head, found.size_or_id)];
    let rest = shape.meanings().zip(found.rest.iter().copied());
    let types = head.into_iter().chain(rest).filter(|(word, _)| *word == Word::Type);
    types.map(|(_, id)| TypeId(id)).collect()
}
