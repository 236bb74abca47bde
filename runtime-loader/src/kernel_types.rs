//! Types that a BTF describes, found in its bytes: the kernel's are ten megabytes, of which a bundle
//! needs little, and a tree of them all takes a second and thirty megabytes.

use std::collections::BTreeSet;
use std::ops::Range;

mod extract;

/// Where things are in the bytes of a BTF.
#[derive(Debug)]
pub(crate) struct Index {
    /// Where the records of types begin; the first is that of type 1.
    records: Vec<u32>,
    strings: Range<usize>,
    /// Hash and place of every string, in order.
    hashes: Vec<(u32, u32)>,
    /// Places of names, and the types of kind `FUNC` or `TYPEDEF` that bear them, in order.
    named: Vec<(u32, u32)>,
}

/// `enum` of BTF kinds in `include/uapi/linux/btf.h`, as far as they matter here.
pub(crate) mod kind {
    pub(crate) const INT: u32 = 1;
    pub(crate) const POINTER: u32 = 2;
    pub(crate) const ARRAY: u32 = 3;
    pub(crate) const STRUCT: u32 = 4;
    pub(crate) const UNION: u32 = 5;
    pub(crate) const ENUM: u32 = 6;
    pub(crate) const TYPEDEF: u32 = 8;
    pub(crate) const VOLATILE: u32 = 9;
    pub(crate) const CONST: u32 = 10;
    pub(crate) const RESTRICT: u32 = 11;
    pub(crate) const FUNCTION: u32 = 12;
    pub(crate) const PROTOTYPE: u32 = 13;
    pub(crate) const VARIABLE: u32 = 14;
    pub(crate) const SECTION: u32 = 15;
    pub(crate) const DECLARATION_TAG: u32 = 17;
    pub(crate) const TYPE_TAG: u32 = 18;
    pub(crate) const ENUM64: u32 = 19;
}

/// `BTF_MAGIC`, as a little-endian machine writes it.
const MAGIC: [u8; 2] = [0x9f, 0xeb];

/// Bytes of `struct btf_header`, and of `struct btf_type`, which every record begins with.
const HEADER: usize = 24;
const FIXED: usize = 12;

/// A type's record.
#[derive(Debug, Clone, Copy)]
struct Record {
    /// Where it begins.
    at: usize,
    /// Where its name is among the strings.
    name: u32,
    kind: u32,
    /// How many members, values or parameters follow.
    count: usize,
}

impl Index {
    /// `None` when the bytes are no BTF of this machine's byte order.
    pub(crate) fn of(btf: &[u8]) -> Option<Self> {
        if btf.get(..2)? != MAGIC {
            return None;
        }
        let number = |at| usize::try_from(word(btf, at)?).ok();
        let body = number(4)?;
        let section = |offset: usize, length: usize| {
            let start = body.checked_add(number(offset)?)?;
            let end = start.checked_add(number(length)?)?;
            btf.get(start..end).map(|_| start..end)
        };
        let (types, strings) = (section(8, 12)?, section(16, 20)?);
        let mut index = Self {
            records: Vec::with_capacity(types.len() / 32),
            hashes: Vec::with_capacity(strings.len() / 16),
            strings,
            named: Vec::new(),
        };
        index.read_types(btf, types)?;
        index.read_strings(btf)?;
        Some(index)
    }

    fn read_types(&mut self, btf: &[u8], types: Range<usize>) -> Option<()> {
        let mut at = types.start;
        while at < types.end {
            let record = Record::read(btf, at)?;
            self.records.push(u32::try_from(at).ok()?);
            if matches!(record.kind, kind::FUNCTION | kind::TYPEDEF) {
                self.named.push((record.name, u32::try_from(self.records.len()).ok()?));
            }
            at = at.checked_add(record.length())?;
        }
        self.named.sort_unstable();
        Some(())
    }

    fn read_strings(&mut self, btf: &[u8]) -> Option<()> {
        let strings = btf.get(self.strings.clone())?;
        let mut start = 0;
        for end in memchr::memchr_iter(0, strings) {
            let string = strings.get(start..end)?;
            self.hashes.push((hash(string), u32::try_from(start).ok()?));
            start = end.checked_add(1)?;
        }
        self.hashes.sort_unstable();
        Some(())
    }

    /// Whether anything bears this name: a type, a member, an enumerator.
    pub(crate) fn has_name(&self, btf: &[u8], name: &str) -> bool {
        self.places(btf, name).next().is_some()
    }

    /// The id of the function of this name.
    pub(crate) fn function(&self, btf: &[u8], name: &str) -> Option<u32> {
        self.id(btf, name, kind::FUNCTION)
    }

    /// The id of the `typedef` of this name.
    pub(crate) fn typedef(&self, btf: &[u8], name: &str) -> Option<u32> {
        self.id(btf, name, kind::TYPEDEF)
    }

    /// Names of structures, unions, enumerations and `typedef`s.
    pub(crate) fn type_names<'a>(&self, btf: &'a [u8]) -> BTreeSet<&'a [u8]> {
        let records = self.records(btf).filter(|(_, record)| extract::can_be_sought(record.kind));
        records.map(|(_, record)| flavourless(self.string(btf, record.name))).collect()
    }

    fn id(&self, btf: &[u8], name: &str, kind: u32) -> Option<u32> {
        self.places(btf, name).find_map(|place| {
            let first = self.named.partition_point(|(name, _)| *name < place);
            let named = self.named.get(first..)?.iter().take_while(|(name, _)| *name == place);
            let is = |id: &u32| self.record(btf, *id).is_some_and(|record| record.kind == kind);
            named.map(|(_, id)| *id).find(is)
        })
    }

    /// Where this string stands.
    fn places<'a>(&'a self, btf: &'a [u8], name: &'a str) -> impl Iterator<Item = u32> + 'a {
        let sought = hash(name.as_bytes());
        let first = self.hashes.partition_point(|(hash, _)| *hash < sought);
        let same = self.hashes.get(first..).unwrap_or_default().iter();
        let same = same.take_while(move |(hash, _)| *hash == sought).map(|(_, place)| *place);
        same.filter(move |place| self.string(btf, *place) == name.as_bytes())
    }

    fn string<'a>(&self, btf: &'a [u8], place: u32) -> &'a [u8] {
        let strings = btf.get(self.strings.clone()).unwrap_or_default();
        let rest = usize::try_from(place).ok().and_then(|place| strings.get(place..));
        let rest = rest.unwrap_or_default();
        let end = memchr::memchr(0, rest).unwrap_or(0);
        rest.get(..end).unwrap_or_default()
    }

    fn record(&self, btf: &[u8], id: u32) -> Option<Record> {
        let place = usize::try_from(id.checked_sub(1)?).ok()?;
        Record::read(btf, usize::try_from(*self.records.get(place)?).ok()?)
    }

    fn records<'a>(&'a self, btf: &'a [u8]) -> impl Iterator<Item = (u32, Record)> + 'a {
        let at = |at: &u32| Record::read(btf, usize::try_from(*at).ok()?);
        (1..).zip(self.records.iter().filter_map(at))
    }
}

impl Record {
    fn read(btf: &[u8], at: usize) -> Option<Self> {
        let (name, info) = (word(btf, at)?, word(btf, at.checked_add(4)?)?);
        let count = usize::try_from(info & 0xffff).ok()?;
        Some(Self { at, name, kind: info >> 24 & 0x1f, count })
    }

    fn length(&self) -> usize {
        FIXED + self.after()
    }

    /// Bytes after the fixed part.
    fn after(&self) -> usize {
        match self.kind {
            kind::INT | kind::VARIABLE | kind::DECLARATION_TAG => 4,
            kind::ARRAY => 12,
            kind::STRUCT | kind::UNION | kind::SECTION | kind::ENUM64 => self.count * 12,
            kind::ENUM | kind::PROTOTYPE => self.count * 8,
            _ => 0,
        }
    }
}

/// A name without what stands behind three underscores: `dentry` for `dentry___old`, as CO-RE
/// compares names.
fn flavourless(name: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(name, b"___").filter(|end| *end > 0);
    end.and_then(|end| name.get(..end)).unwrap_or(name)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
pub(crate) mod tests;
