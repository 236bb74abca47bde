//! Leaves out the types and strings that nothing in the linked object uses.
//!
//! The library's BTF describes all of its routines and shows all of their source lines; a bundle
//! has a few of them.

use std::collections::{BTreeMap, BTreeSet};

use super::btf::{Btf, Type, TypeId};
use super::btf_ext::Extension;
use super::btf_kind_table::{DATASEC, Word, shape};

/// The types that functions, variables and CO-RE relocations need, renumbered in their order.
/// `extension` is made to use the new numbers and strings.
pub(super) fn strip(btf: &Btf, extension: &mut Extension) -> Btf {
    let kept = kept(btf, extension);
    let ids = kept.iter().copied().zip((1..).map(TypeId)).collect();
    let mut translation = Translation { from: btf, ids, to: Btf::new() };
    for found in kept.iter().filter_map(|id| btf.get(*id)) {
        let moved = translation.translate(found);
        translation.to.push(moved);
    }
    extension.rewrite(|word, value| translation.word(word, value));
    translation.to
}

/// What is reached from the sections of variables and from the records of `extension`.
fn kept(btf: &Btf, extension: &Extension) -> BTreeSet<TypeId> {
    let mut waiting: Vec<TypeId> = btf.ids_of(DATASEC).chain(extension.types()).collect();
    let mut kept = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let Some(found) = btf.get(id) else { continue };
        if kept.insert(id) {
            waiting.extend(references(found));
        }
    }
    kept
}

fn references(found: &Type) -> Vec<TypeId> {
    let Some(shape) = shape(found.kind) else { return Vec::new() };
    let head = [(shape.head, found.size_or_id)];
    let rest = shape.meanings().zip(found.rest.iter().copied());
    let types = head.into_iter().chain(rest).filter(|(word, _)| *word == Word::Type);
    types.map(|(_, id)| TypeId(id)).collect()
}

/// From one BTF into another.
struct Translation<'a> {
    from: &'a Btf,
    ids: BTreeMap<TypeId, TypeId>,
    to: Btf,
}

impl Translation<'_> {
    fn translate(&mut self, found: &Type) -> Type {
        let mut moved = found.clone();
        moved.name = self.word(Word::Name, found.name);
        let Some(shape) = shape(found.kind) else { return moved };
        moved.size_or_id = self.word(shape.head, found.size_or_id);
        for (value, word) in moved.rest.iter_mut().zip(shape.meanings()) {
            *value = self.word(word, *value);
        }
        moved
    }

    fn word(&mut self, word: Word, value: u32) -> u32 {
        match word {
            Word::Name => self.to.string(self.from.text(value)),
            Word::Type => self.ids.get(&TypeId(value)).map_or(0, |id| id.0),
            Word::Number => value,
        }
    }
}
