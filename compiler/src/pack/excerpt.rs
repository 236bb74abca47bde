//! The part of a kernel's BTF that CO-RE relocations look at.
//!
//! A kernel has 100,000 types, and a loader searches all of them once for each type of the object.
//! A bundle names some 30, so the search is done once, here, without decoding the others.

use std::collections::{BTreeMap, BTreeSet};

use super::btf::{self, Btf, Type, TypeId};
use super::btf_kind_table::PTR;
use super::translation::{Translation, references};

/// What ends a type's name before its flavor, which loaders ignore.
const FLAVOR: &str = "___";

/// The name without its flavor, as loaders compare it.
pub(super) fn flavorless(name: &str) -> &str {
    name.split_once(FLAVOR).map_or(name, |(name, _)| name)
}

/// The types of `kernel` that have one of `names`, with what is embedded in them. Pointers become
/// pointers to `void`: no access goes through one. Nothing when the BTF is damaged.
pub(super) fn excerpt(kernel: &[u8], names: &BTreeSet<&str>) -> Option<Btf> {
    let (types, strings) = btf::sections(kernel)?;
    let starts = starts(types)?;
    let wanted = Wanted::new(names);
    let mut waiting = Vec::new();
    for (id, start) in (1..).map(TypeId).zip(&starts) {
        let name = btf::word(types, *start)?;
        if wanted.has(strings.get(name as usize..).unwrap_or_default()) {
            waiting.push(id);
        }
    }
    let mut kept = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let start = (id.0 as usize).checked_sub(1).and_then(|index| starts.get(index));
        let Some(start) = start.filter(|_| !kept.contains_key(&id)) else { continue };
        let found = Type::read(types.get(*start..)?)?;
        if found.kind != PTR {
            waiting.extend(references(&found));
        }
        kept.insert(id, found);
    }
    // A pointer into the excerpt would be right, but depend on what else is in it.
    let cut = |found: &mut Type| found.size_or_id = 0;
    kept.values_mut().filter(|found| found.kind == PTR).for_each(cut);
    Some(Translation::of(strings, &kept).finish())
}

/// Where each type begins.
fn starts(types: &[u8]) -> Option<Vec<usize>> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < types.len() {
        starts.push(at);
        at += Type::size(types.get(at..)?)?;
    }
    (at == types.len()).then_some(starts)
}

/// Names by their first byte: most types of a kernel are turned away by one look.
struct Wanted<'a> {
    by_first: BTreeMap<u8, Vec<&'a [u8]>>,
}

impl<'a> Wanted<'a> {
    fn new(names: &BTreeSet<&'a str>) -> Self {
        let mut by_first: BTreeMap<u8, Vec<&[u8]>> = BTreeMap::new();
        for name in names.iter().map(|name| name.as_bytes()) {
            by_first.entry(name.first().copied().unwrap_or(0)).or_default().push(name);
        }
        // No name is a part of all unnamed types.
        by_first.remove(&0);
        Self { by_first }
    }

    /// Whether one of the names stands at the start of `strings`, with a flavor or without.
    fn has(&self, strings: &[u8]) -> bool {
        let Some(names) = strings.first().and_then(|first| self.by_first.get(first)) else {
            return false;
        };
        let ends = |rest: &[u8]| rest.first() == Some(&0) || rest.starts_with(FLAVOR.as_bytes());
        names.iter().any(|name| strings.strip_prefix(*name).is_some_and(ends))
    }
}
