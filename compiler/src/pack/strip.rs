//! Leaves out the types and strings that nothing in the linked object uses.
//!
//! The library's BTF describes all of its routines and shows all of their source lines; a bundle
//! has a few of them.

use std::collections::BTreeMap;

use super::btf::{Btf, Type, TypeId};
use super::btf_ext::Extension;
use super::btf_kind_table::DATASEC;
use super::translation::{Translation, references};

/// The types that functions, variables and CO-RE relocations need, renumbered in their order.
/// `extension` is made to use the new numbers and strings.
pub(super) fn strip(btf: &Btf, extension: &mut Extension) -> Btf {
    let mut translation = Translation::of(btf.strings(), &kept(btf, extension));
    extension.rewrite(|word, value| translation.word(word, value));
    translation.finish()
}

/// What is reached from the sections of variables and from the records of `extension`.
fn kept(btf: &Btf, extension: &Extension) -> BTreeMap<TypeId, Type> {
    let mut waiting: Vec<TypeId> = btf.ids_of(DATASEC).chain(extension.types()).collect();
    let mut kept = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let Some(found) = btf.get(id) else { continue };
        if kept.insert(id, found.clone()).is_none() {
            waiting.extend(references(found));
        }
    }
    kept
}
