//! Finds types by name without decoding those of other names.

use super::reader::Btf;
use super::types::{Kind, Type, TypeId};

impl Btf {
    /// All types of that name, in the order of their numbers.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = Type<'a>> + use<'a> {
        let found = self.remembered(name).unwrap_or_else(|| {
            let found = self.find(name);
            self.remember(name, &found);
            found
        });
        found.into_iter().map(|id| self.get(id))
    }

    /// Searches the strings, then the types. Both together take a tenth of a millisecond, and one
    /// compilation asks for the same few names many times.
    fn find(&self, name: &str) -> Vec<TypeId> {
        let offsets = self.string_offsets(name).into_iter();
        let mut found: Vec<TypeId> = offsets.flat_map(|offset| self.at_name(offset)).collect();
        found.sort_unstable();
        found
    }

    fn remembered(&self, name: &str) -> Option<Vec<TypeId>> {
        self.found.lock().ok()?.get(name).cloned()
    }

    fn remember(&self, name: &str, found: &[TypeId]) {
        // A poisoned lock only means that the search is done again.
        if let Ok(mut names) = self.found.lock() {
            names.insert(name.to_owned(), found.to_vec());
        }
    }

    /// Functions of that name. More than one when files of the kernel have static functions of the
    /// same name and different prototypes.
    pub fn functions_named(&self, name: &str) -> impl Iterator<Item = Type<'_>> {
        self.named(name).filter(|type_| type_.is_function())
    }

    /// The struct of that name; the largest when there are several.
    pub fn structure(&self, name: &str) -> Option<Type<'_>> {
        let bytes = |type_: &Type<'_>| {
            if let Kind::Struct { bytes } = type_.kind() { Some(bytes) } else { None }
        };
        self.named(name).filter(|type_| bytes(type_).is_some()).max_by_key(bytes)
    }

    /// The enum of that name.
    pub fn enumeration(&self, name: &str) -> Option<Type<'_>> {
        self.named(name).find(|type_| matches!(type_.kind(), Kind::Enum { .. }))
    }

    /// The typedef of that name.
    pub fn typedef(&self, name: &str) -> Option<Type<'_>> {
        self.named(name).find(|type_| matches!(type_.kind(), Kind::Typedef(_)))
    }

    /// The value of `enumerator` in the enum `name`; `None` when either is missing.
    pub fn enumerator(&self, name: &str, enumerator: &str) -> Option<i128> {
        let mut values = self.enumeration(name)?.enumerators();
        values.find(|found| found.name == enumerator).map(|found| found.value)
    }

    /// Names of all functions, in the order of their numbers; a name can come twice.
    pub fn function_names(&self) -> impl Iterator<Item = &str> {
        self.types().filter(|type_| type_.is_function()).map(Type::name)
    }

    /// Where `name` stands as a whole string. Once in BTF as kernels are built, but nothing forbids
    /// a blob to repeat it.
    fn string_offsets(&self, name: &str) -> Vec<u32> {
        if name.is_empty() || name.contains('\0') {
            return Vec::new();
        }
        // The section begins with a zero byte, so every string has one before it and one after.
        let needle = [b"\0", name.as_bytes(), b"\0"].concat();
        memchr::memmem::find_iter(self.string_section(), &needle)
            .filter_map(|at| u32::try_from(at + 1).ok())
            .collect()
    }

    fn at_name(&self, offset: u32) -> impl Iterator<Item = TypeId> + '_ {
        let index = self.by_name.get_or_init(|| name_index(self));
        let key = u64::from(offset) << 32;
        let start = index.partition_point(|&entry| entry < key);
        index
            .iter()
            .skip(start)
            .take_while(move |&&entry| entry >> 32 == u64::from(offset))
            .filter_map(|&entry| u32::try_from(entry & u64::from(u32::MAX)).ok().map(TypeId))
    }
}

/// Name offset and number of every named type, ordered, packed in one word since that sorts faster.
fn name_index(btf: &Btf) -> Vec<u64> {
    let mut index: Vec<u64> = btf
        .types()
        .filter_map(|type_| {
            let name = type_.name_offset()?;
            (name != 0).then_some(u64::from(name) << 32 | u64::from(type_.id().0))
        })
        .collect();
    index.sort_unstable();
    index
}
