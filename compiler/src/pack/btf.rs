//! BTF as a list of types that can be extended. Types and strings are only appended, so ids and
//! offsets stay true.

use std::collections::BTreeMap;

use super::btf_kind_table::{self as kind, shape};

/// The number of a type: 0 is `void`, the first type of the section is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TypeId(pub(super) u32);

/// `BTF_INT_SIGNED`, in the word after an INT.
const SIGNED: u32 = 1 << 24;
/// `BTF_VAR_GLOBAL_ALLOCATED` and `BTF_FUNC_GLOBAL`.
pub(super) const GLOBAL: u32 = 1;
/// `BTF_FUNC_STATIC`.
const STATIC: u32 = 0;

const MAGIC_AND_VERSION: [u8; 4] = [0x9f, 0xeb, 1, 0];
const HEADER: u32 = 24;
/// Bytes of the first three words of a type.
const HEAD: usize = 12;

/// One type. BTF consists of 32-bit words only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    /// Offset of the name in the strings.
    pub(super) name: u32,
    pub(super) kind: u32,
    /// `kind_flag`, which says how struct members and enum values are to be read.
    pub(super) flag: u32,
    /// Members, parameters or variables; for a FUNC its linkage.
    pub(super) count: u32,
    pub(super) size_or_id: u32,
    /// What follows the first three words.
    pub(super) rest: Vec<u32>,
}

/// All types and strings.
#[derive(Debug, Clone)]
pub(super) struct Btf {
    types: Vec<Type>,
    strings: Vec<u8>,
    added: BTreeMap<String, u32>,
}

impl Btf {
    /// No types, and the empty string.
    pub(super) fn new() -> Self {
        Self { types: Vec::new(), strings: vec![0], added: BTreeMap::new() }
    }

    /// Takes a section `.BTF` apart. Nothing when it is damaged.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (mut rest, strings) = sections(bytes)?;
        let mut types = Vec::new();
        while !rest.is_empty() {
            types.push(Type::read(rest)?);
            rest = rest.get(Type::size(rest)?..)?;
        }
        Some(Self { types, strings: strings.to_vec(), added: BTreeMap::new() })
    }

    /// The section `.BTF`; nothing when it would be larger than 4 GiB.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let types: Vec<u32> = self.types.iter().flat_map(Type::words).collect();
        let types_size = u32::try_from(types.len() * 4).ok()?;
        let strings_size = u32::try_from(self.strings.len()).ok()?;
        let header = [HEADER, 0, types_size, types_size, strings_size];
        let mut bytes = MAGIC_AND_VERSION.to_vec();
        bytes.extend(header.into_iter().chain(types).flat_map(u32::to_le_bytes));
        bytes.extend(&self.strings);
        Some(bytes)
    }

    /// The string at `offset`; empty when there is none.
    pub(super) fn text(&self, offset: u32) -> &str {
        text(&self.strings, offset)
    }

    /// Every string, one after the other.
    pub(super) fn strings(&self) -> &[u8] {
        &self.strings
    }

    /// Offset of `text`, which must not contain a zero.
    pub(super) fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(offset) = self.added.get(text) {
            return *offset;
        }
        let offset = u32::try_from(self.strings.len()).unwrap_or(u32::MAX);
        self.strings.extend(text.bytes().chain([0]));
        self.added.insert(text.to_owned(), offset);
        offset
    }

    pub(super) fn get(&self, id: TypeId) -> Option<&Type> {
        self.types.get((id.0 as usize).checked_sub(1)?)
    }

    pub(super) fn get_mut(&mut self, id: TypeId) -> Option<&mut Type> {
        self.types.get_mut((id.0 as usize).checked_sub(1)?)
    }

    /// The first type of this kind and name.
    pub(super) fn find(&self, kind: u32, name: &str) -> Option<TypeId> {
        let is_it = |found: &Type| found.kind == kind && self.text(found.name) == name;
        let index = self.types.iter().position(is_it)?;
        u32::try_from(index + 1).ok().map(TypeId)
    }

    /// All types of this kind.
    pub(super) fn ids_of(&self, kind: u32) -> impl Iterator<Item = TypeId> {
        let ids = (1..).map(TypeId).zip(&self.types);
        ids.filter(move |(_, found)| found.kind == kind).map(|(id, _)| id)
    }

    pub(super) fn push(&mut self, added: Type) -> TypeId {
        self.types.push(added);
        TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX))
    }

    /// Makes those functions that take pointers ones that are verified with their callers.
    pub(super) fn make_functions_with_memory_static(&mut self) {
        let takes_memory = |id: TypeId| {
            let function = self.get(id)?;
            let prototype = self.get(TypeId(function.size_or_id))?;
            let is_pointer = |type_id: u32| {
                self.get(TypeId(type_id)).is_some_and(|found| found.kind == kind::PTR)
            };
            // Each parameter has a name and a type.
            let mut types = prototype.rest.chunks_exact(2).filter_map(|words| words.get(1));
            types.any(|type_id| is_pointer(*type_id)).then_some(id)
        };
        let functions: Vec<TypeId> = self.ids_of(kind::FUNC).filter_map(takes_memory).collect();
        for id in functions {
            if let Some(function) = self.get_mut(id) {
                function.count = STATIC;
            }
        }
    }

    /// `int`.
    pub(super) fn int(&mut self) -> TypeId {
        if let Some(id) = self.find(kind::INT, "int") {
            return id;
        }
        let name = self.string("int");
        let rest = vec![SIGNED | 32];
        self.push(Type { name, kind: kind::INT, flag: 0, count: 0, size_or_id: 4, rest })
    }

    /// An unsigned integer of this many bytes.
    pub(super) fn unsigned(&mut self, bytes: u32) -> TypeId {
        let bits = bytes.saturating_mul(8);
        let name = format!("u{bits}");
        if let Some(id) = self.find(kind::INT, &name) {
            return id;
        }
        let name = self.string(&name);
        let rest = vec![bits];
        self.push(Type { name, kind: kind::INT, flag: 0, count: 0, size_or_id: bytes, rest })
    }

    /// A pointer to `to`.
    pub(super) fn pointer(&mut self, to: TypeId) -> TypeId {
        self.push(Type::unnamed(kind::PTR, 0, to.0, Vec::new()))
    }

    /// A pointer to an array of `number` ints: how the attributes of a map are written in BTF.
    pub(super) fn number(&mut self, number: u32) -> TypeId {
        let TypeId(int) = self.int();
        let array = self.push(Type::unnamed(kind::ARRAY, 0, 0, vec![int, int, number]));
        self.pointer(array)
    }

    /// `int name(void *ctx)`.
    pub(super) fn entry_function(&mut self, name: &str) -> TypeId {
        let TypeId(int) = self.int();
        let TypeId(context) = self.pointer(TypeId(0));
        let parameter = vec![self.string("ctx"), context];
        let TypeId(prototype) = self.push(Type::unnamed(kind::FUNC_PROTO, 1, int, parameter));
        let name = self.string(name);
        let size_or_id = prototype;
        self.push(Type {
            name,
            kind: kind::FUNC,
            flag: 0,
            count: GLOBAL,
            size_or_id,
            rest: Vec::new(),
        })
    }
}

impl Type {
    pub(super) fn unnamed(kind: u32, count: u32, size_or_id: u32, rest: Vec<u32>) -> Self {
        Self { name: 0, kind, flag: 0, count, size_or_id, rest }
    }

    /// Bytes of the type at the start of `bytes`. Nothing when its kind is not known.
    pub(super) fn size(bytes: &[u8]) -> Option<usize> {
        let info = word(bytes, 4)?;
        let shape = shape(info >> 24 & 0x1f)?;
        Some(HEAD + 4 * shape.words((info & 0xffff) as usize))
    }

    /// The type at the start of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let info = word(bytes, 4)?;
        let rest = bytes.get(HEAD..Self::size(bytes)?)?.chunks_exact(4);
        Some(Self {
            name: word(bytes, 0)?,
            kind: info >> 24 & 0x1f,
            flag: info >> 31,
            count: info & 0xffff,
            size_or_id: word(bytes, 8)?,
            rest: rest.filter_map(|chunk| word(chunk, 0)).collect(),
        })
    }

    fn words(&self) -> impl Iterator<Item = u32> {
        let info = self.flag << 31 | self.kind << 24 | self.count;
        [self.name, info, self.size_or_id].into_iter().chain(self.rest.iter().copied())
    }
}

/// The types and the strings of a section `.BTF`. Nothing when its header is damaged.
pub(super) fn sections(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.get(..4) != Some(&MAGIC_AND_VERSION) {
        return None;
    }
    // Newer kernels have a longer header, which says so.
    let header = word(bytes, 4)? as usize;
    let part = |at: usize| -> Option<&[u8]> {
        let start = header.checked_add(word(bytes, at)? as usize)?;
        bytes.get(start..start.checked_add(word(bytes, at + 4)? as usize)?)
    };
    Some((part(8)?, part(16)?))
}

/// The string at `offset`; empty when there is none.
pub(super) fn text(strings: &[u8], offset: u32) -> &str {
    let rest = strings.get(offset as usize..).unwrap_or_default();
    let text = rest.split(|&byte| byte == 0).next().unwrap_or_default();
    std::str::from_utf8(text).unwrap_or_default()
}

/// The 32-bit word at `offset`.
pub(super) fn word(bytes: &[u8], offset: usize) -> Option<u32> {
    let word = bytes.get(offset..offset.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Btf, TypeId, kind};

    #[test]
    fn what_is_written_is_read_again() {
        let mut btf = Btf::new();
        let function = btf.entry_function("on_open");
        let bytes = btf.bytes().expect("small");
        let read = Btf::parse(&bytes).expect("whole");
        assert_eq!(read.types, btf.types);
        assert_eq!(read.find(kind::FUNC, "on_open"), Some(function));
    }

    #[test]
    fn no_cut_of_a_section_is_read_past_its_end() {
        let mut btf = Btf::new();
        btf.number(1024);
        let bytes = btf.bytes().expect("small");
        assert!((0..bytes.len()).all(|length| Btf::parse(&bytes[..length]).is_none()));
    }

    #[test]
    fn void_is_no_type_of_the_section() {
        assert_eq!(Btf::new().get(TypeId(0)), None);
    }
}
