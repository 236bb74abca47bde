//! Finds where each type begins in the bytes of a BTF blob.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use super::letters::Letters;
use super::number;
use super::types::{Type, TypeId};

/// Largest BTF that is read, in bytes. The largest kernels have about 10 MB.
pub const MAXIMUM_SIZE: usize = 256 << 20;

/// Bytes of a name that are looked at. The kernel allows 512 (`KSYM_NAME_LEN`).
const LONGEST_NAME: usize = 1024;

const MAGIC: u16 = 0xeb9f;
/// `sizeof(struct btf_header)` as it was first; newer kernels append fields.
const SMALLEST_HEADER: usize = 24;
/// `sizeof(struct btf_type)`.
pub(super) const TYPE_SIZE: usize = 12;

/// Begin and end of a section in the blob, in bytes.
type Section = (usize, usize);

/// Why bytes are not BTF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BtfError {
    #[error("it is shorter than a BTF header")]
    Short,
    #[error("it is larger than {MAXIMUM_SIZE} bytes")]
    Large,
    #[error("it does not begin with the BTF magic number")]
    Magic,
    #[error("it is big-endian BTF, and only little-endian kernels are supported")]
    BigEndian,
    #[error("BTF version {0} is not known")]
    Version(u8),
    #[error("its {0} section lies outside the file")]
    Section(&'static str),
    #[error("type #{0} is cut off")]
    Truncated(u32),
    #[error("type #{id} is of kind {kind}, which is not known")]
    Kind { id: u32, kind: u32 },
}

/// One kernel's type information, indexed but not decoded.
#[derive(Debug)]
pub struct Btf {
    bytes: Vec<u8>,
    types: Section,
    strings: Section,
    /// Where each type begins in `bytes`; type #1 is first, since #0 is `void`.
    starts: Vec<u32>,
    /// `name offset << 32 | type id`, ordered; made when the first name is looked up.
    pub(super) by_name: OnceLock<Vec<u64>>,
    /// Names that were looked up, with what was found.
    pub(super) found: Mutex<BTreeMap<String, Vec<TypeId>>>,
    /// The functions' names in short; made when a misspelled one is looked up.
    pub(super) letters: OnceLock<Vec<Letters>>,
}

impl Btf {
    /// Indexes a BTF blob, such as the bytes of `/sys/kernel/btf/vmlinux`.
    ///
    /// # Errors
    ///
    /// When the header or the outline of a type makes no sense. What types refer to is checked
    /// only when it is read.
    pub fn parse(bytes: impl Into<Vec<u8>>) -> Result<Self, BtfError> {
        let bytes = bytes.into();
        let (types, strings) = sections(&bytes)?;
        let starts = type_starts(&bytes, types)?;
        Ok(Self {
            bytes,
            types,
            strings,
            starts,
            by_name: OnceLock::new(),
            found: Mutex::default(),
            letters: OnceLock::new(),
        })
    }

    /// The blob as it was given.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many types there are, `void` not counted.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no type but `void`.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The type with that number; a number that is out of range gives a type whose kind is
    /// [`super::Kind::Missing`].
    pub fn get(&self, id: TypeId) -> Type<'_> {
        Type::new(self, id)
    }

    /// All types, in the order of their numbers, without `void`.
    pub fn types(&self) -> impl Iterator<Item = Type<'_>> {
        (1u32..).zip(&self.starts).map(|(id, _)| Type::new(self, TypeId(id)))
    }

    /// Bytes of a type, from its `struct btf_type` on.
    pub(super) fn record(&self, id: TypeId) -> Option<&[u8]> {
        let index = (id.0 as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        self.bytes.get(start..self.types.1)
    }

    /// The string at an offset of the string section; empty when there is none, it is not UTF-8, or
    /// it is so long that no kernel has it.
    pub(super) fn string(&self, offset: u32) -> &str {
        let tail = self.string_section().get(offset as usize..).unwrap_or_default();
        let tail = tail.get(..LONGEST_NAME).unwrap_or(tail);
        let end = memchr::memchr(0, tail).unwrap_or(0);
        std::str::from_utf8(tail.get(..end).unwrap_or_default()).unwrap_or_default()
    }

    /// Strings, each ended by a zero byte.
    pub(super) fn string_section(&self) -> &[u8] {
        self.bytes.get(self.strings.0..self.strings.1).unwrap_or_default()
    }
}

/// Begin and end of the type and the string section.
fn sections(bytes: &[u8]) -> Result<(Section, Section), BtfError> {
    if bytes.len() > MAXIMUM_SIZE {
        return Err(BtfError::Large);
    }
    let header = bytes.get(..SMALLEST_HEADER).ok_or(BtfError::Short)?;
    match u16::from_le_bytes([byte(header, 0), byte(header, 1)]) {
        MAGIC => {}
        other if other.swap_bytes() == MAGIC => return Err(BtfError::BigEndian),
        _ => return Err(BtfError::Magic),
    }
    if byte(header, 2) != 1 {
        return Err(BtfError::Version(byte(header, 2)));
    }
    let word = |at| word(header, at).unwrap_or(0) as usize;
    let header_size = word(4);
    if header_size < SMALLEST_HEADER {
        return Err(BtfError::Short);
    }
    // Offsets count from the end of the header, which newer kernels make longer.
    let section = |name, offset: usize, size: usize| {
        let start = header_size.checked_add(offset);
        let end = start.and_then(|start| start.checked_add(size));
        match (start, end) {
            (Some(start), Some(end)) if end <= bytes.len() => Ok((start, end)),
            _ => Err(BtfError::Section(name)),
        }
    };
    Ok((section("type", word(8), word(12))?, section("string", word(16), word(20))?))
}

/// Walks the types once and notes where each begins.
fn type_starts(bytes: &[u8], (start, end): Section) -> Result<Vec<u32>, BtfError> {
    let section = bytes.get(..end).ok_or(BtfError::Section("type"))?;
    let mut starts = Vec::with_capacity((end - start) / 32);
    let mut at = start;
    while at < end {
        let id = u32::try_from(starts.len() + 1).map_err(|_| BtfError::Large)?;
        let size = record_size(section, at, id)?;
        starts.push(u32::try_from(at).map_err(|_| BtfError::Large)?);
        at = at.checked_add(size).filter(|&next| next <= end).ok_or(BtfError::Truncated(id))?;
    }
    Ok(starts)
}

/// Bytes of the type that begins at `at`, with what follows its `struct btf_type`.
fn record_size(section: &[u8], at: usize, id: u32) -> Result<usize, BtfError> {
    let info = word(section, at + 4).ok_or(BtfError::Truncated(id))?;
    let count = (info & 0xffff) as usize;
    let kind = (info >> 24) & 0x1f;
    let tail = match kind {
        number::INT | number::VAR | number::DECL_TAG => 4,
        number::ARRAY => 12,
        number::STRUCT | number::UNION | number::DATASEC | number::ENUM64 => count * 12,
        number::ENUM | number::FUNC_PROTO => count * 8,
        number::PTR
        | number::FWD
        | number::TYPEDEF
        | number::VOLATILE
        | number::CONST
        | number::RESTRICT
        | number::FUNC
        | number::FLOAT
        | number::TYPE_TAG => 0,
        _ => return Err(BtfError::Kind { id, kind }),
    };
    Ok(TYPE_SIZE + tail)
}

/// The little-endian word at a byte offset.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    bytes.get(at..end)?.try_into().ok().map(u32::from_le_bytes)
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}
