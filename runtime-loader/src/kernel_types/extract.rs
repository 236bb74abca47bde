//! The types that CO-RE relocations look at, as a BTF of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::{FIXED, HEADER, Index, MAGIC, Record, flavourless, kind, word};

/// Whether relocations look for types of this kind by name.
pub(super) fn can_be_sought(kind: u32) -> bool {
    matches!(kind, kind::STRUCT | kind::UNION | kind::ENUM | kind::ENUM64 | kind::TYPEDEF)
}

impl Index {
    /// All types with one of these names and what they are made of. A pointer points to nothing:
    /// no relocation looks beyond one. The ids are others than in `btf`.
    pub(crate) fn extract(&self, btf: &[u8], names: &BTreeSet<&[u8]>) -> Option<Vec<u8>> {
        let is_sought = |(_, record): &(u32, Record)| {
            can_be_sought(record.kind) && names.contains(flavourless(self.string(btf, record.name)))
        };
        let roots = self.records(btf).filter(is_sought).map(|(id, _)| id).collect();
        let kept = self.closure(btf, roots);
        let mut output = Output {
            ids: (1..).zip(&kept).map(|(new, old)| (*old, new)).collect(),
            ..Output::default()
        };
        output.strings.push(0);
        for id in &kept {
            output.put(self, btf, self.record(btf, *id)?)?;
        }
        output.finish()
    }

    /// These types and those that are parts of them.
    fn closure(&self, btf: &[u8], mut left: Vec<u32>) -> BTreeSet<u32> {
        let mut kept = BTreeSet::new();
        while let Some(id) = left.pop() {
            let Some(record) = self.record(btf, id) else { continue };
            if kept.insert(id) {
                left.extend(record.parts().filter_map(|at| word(btf, at)));
            }
        }
        kept
    }
}

impl Record {
    /// Where the ids stand of types that are parts of it.
    fn parts(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, step, count) = match self.kind {
            kind::TYPEDEF | kind::VOLATILE | kind::CONST | kind::RESTRICT | kind::TYPE_TAG => {
                (8, 0, 1)
            }
            kind::ARRAY => (FIXED, 4, 2),
            kind::STRUCT | kind::UNION => (FIXED + 4, 12, self.count),
            _ => (0, 0, 0),
        };
        let start = self.at + first;
        (0..count).map(move |number| start + number * step)
    }

    /// Where ids stand of types that are no parts of it.
    fn mentions(&self) -> impl Iterator<Item = usize> + use<> {
        let start = self.at;
        let (own, parameters) = match self.kind {
            kind::POINTER => (1, 0),
            kind::PROTOTYPE => (1, self.count),
            _ => (0, 0),
        };
        let own = (0..own).map(move |_| start + 8);
        own.chain((0..parameters).map(move |number| start + FIXED + 4 + number * 8))
    }

    /// Where names stand.
    fn names(&self) -> impl Iterator<Item = usize> + use<> {
        let start = self.at;
        let (step, count) = match self.kind {
            kind::STRUCT | kind::UNION | kind::ENUM64 => (12, self.count),
            kind::ENUM | kind::PROTOTYPE => (8, self.count),
            _ => (0, 0),
        };
        let members = (0..count).map(move |number| start + FIXED + number * step);
        std::iter::once(start).chain(members)
    }
}

/// A BTF that is being written.
#[derive(Default)]
struct Output {
    types: Vec<u8>,
    strings: Vec<u8>,
    /// New ids by old.
    ids: BTreeMap<u32, u32>,
    /// New places of strings by old.
    places: BTreeMap<u32, u32>,
}

impl Output {
    fn put(&mut self, from: &Index, btf: &[u8], record: Record) -> Option<()> {
        let start = self.types.len();
        let end = record.at.checked_add(record.length())?;
        self.types.extend(btf.get(record.at..end)?);
        let mut changes = Vec::new();
        for at in record.parts().chain(record.mentions()) {
            // Type 0 is `void`.
            changes.push((at, self.ids.get(&word(btf, at)?).copied().unwrap_or(0)));
        }
        for at in record.names() {
            changes.push((at, self.string(from, btf, word(btf, at)?)?));
        }
        for (at, number) in changes {
            let place = self.types.get_mut(start + (at - record.at)..)?;
            *place.first_chunk_mut()? = number.to_le_bytes();
        }
        Some(())
    }

    fn string(&mut self, from: &Index, btf: &[u8], old: u32) -> Option<u32> {
        if old == 0 {
            return Some(0);
        }
        if let Some(new) = self.places.get(&old) {
            return Some(*new);
        }
        let new = u32::try_from(self.strings.len()).ok()?;
        self.strings.extend(from.string(btf, old));
        self.strings.push(0);
        self.places.insert(old, new);
        Some(new)
    }

    fn finish(self) -> Option<Vec<u8>> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).ok();
        let (types, strings) = (length(&self.types)?, length(&self.strings)?);
        let [low, high] = MAGIC;
        let mut btf = vec![low, high, 1, 0];
        for number in [u32::try_from(HEADER).ok()?, 0, types, types, strings] {
            btf.extend(number.to_le_bytes());
        }
        btf.extend(self.types);
        btf.extend(self.strings);
        Some(btf)
    }
}
