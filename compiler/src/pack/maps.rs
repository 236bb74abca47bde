//! The maps of a bundle: those of the library that are reached, and the generated ones.
//!
//! A map is a variable in the section `.maps`. Its attributes are in its BTF type, a struct whose
//! members are pointers to arrays with as many elements as the number says.

use std::collections::BTreeSet;

use super::PackError;
use super::btf::{Btf, GLOBAL, Type, TypeId};
use super::btf_kind_table as kind;
use super::library::{Library, LibraryError};
use crate::machine::{self, MapDefinition};

/// A map in the section `.maps`, where it takes this many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MapVariable {
    pub(super) name: String,
    pub(super) size: u32,
}

/// Words of an entry of a DATASEC: variable, offset, size.
const ENTRY: usize = 3;
/// Words of a struct member: name, type, offset in bits.
const MEMBER: usize = 3;
/// The most bytes of a map's variable: it has a pointer for each attribute.
const VARIABLE_MAX: u32 = 256;
const SECTION: &str = ".maps";

/// Leaves out the library's maps that are not in `reached`, gives the others the size and the flags
/// that `object` says, and adds the maps of `object`. Returns what stands in `.maps`, in order.
pub(super) fn merge(
    library: &mut Library<'_>,
    object: &machine::Object,
    reached: &BTreeSet<String>,
) -> Result<Vec<MapVariable>, PackError> {
    let mut named = object.map_sizes.keys().chain(object.map_flags.keys());
    if let Some(name) = named.find(|name| !library.maps.contains_key(*name)) {
        return Err(PackError::UndefinedMap(name.clone()));
    }
    let btf = &mut library.btf;
    let section = section(btf);
    let mut maps = Vec::new();
    let mut kept = Vec::new();
    let entries = btf.get(section).map(|section| section.rest.clone()).unwrap_or_default();
    for entry in entries.chunks_exact(ENTRY) {
        let damaged = || PackError::Library(LibraryError::DamagedSection(".BTF"));
        let &[variable, _, size] = entry else { continue };
        let variable = TypeId(variable);
        let name = btf.get(variable).map(|variable| btf.text(variable.name).to_owned());
        let name = name.filter(|_| size <= VARIABLE_MAX).ok_or_else(damaged)?;
        if !reached.contains(&name) {
            continue;
        }
        let attributes = [("max_entries", &object.map_sizes), ("map_flags", &object.map_flags)];
        for (attribute, numbers) in attributes {
            if let Some(number) = numbers.get(&name) {
                set(btf, variable, attribute, *number).ok_or_else(damaged)?;
            }
        }
        kept.extend(entry);
        maps.push(MapVariable { name, size });
    }
    for definition in &object.maps {
        let (TypeId(variable), size) = define(btf, definition);
        kept.extend([variable, 0, size]);
        maps.push(MapVariable { name: definition.name.clone(), size });
    }
    replace_entries(btf, section, kept);
    Ok(maps)
}

/// The DATASEC `.maps`.
fn section(btf: &mut Btf) -> TypeId {
    if let Some(section) = btf.find(kind::DATASEC, SECTION) {
        return section;
    }
    let name = btf.string(SECTION);
    btf.push(Type { name, ..Type::unnamed(kind::DATASEC, 0, 0, Vec::new()) })
}

/// Offsets and the section's size stay 0, as clang leaves them: loaders take them from the
/// symbols.
fn replace_entries(btf: &mut Btf, section: TypeId, entries: Vec<u32>) {
    let Some(section) = btf.get_mut(section) else { return };
    *section = if entries.is_empty() {
        // A section without variables is refused: leave a `void *` behind, which nothing uses.
        Type::unnamed(kind::PTR, 0, 0, Vec::new())
    } else {
        let count = u32::try_from(entries.len() / ENTRY).unwrap_or(u32::MAX);
        Type { count, rest: entries, ..section.clone() }
    };
}

/// Gives a map of the library a copy of its type in which an attribute has this number. The type
/// itself may be shared with another map.
fn set(btf: &mut Btf, variable: TypeId, attribute: &str, number: u32) -> Option<()> {
    let mut attributes = btf.get(TypeId(btf.get(variable)?.size_or_id))?.clone();
    let number = btf.number(number);
    let is_it =
        |member: &&mut [u32]| member.first().is_some_and(|name| btf.text(*name) == attribute);
    let member = attributes.rest.chunks_exact_mut(MEMBER).find(is_it)?;
    *member.get_mut(1)? = number.0;
    let TypeId(attributes) = btf.push(attributes);
    btf.get_mut(variable)?.size_or_id = attributes;
    Some(())
}

/// The variable of a new map, and its size.
fn define(btf: &mut Btf, definition: &MapDefinition) -> (TypeId, u32) {
    let attributes = [
        ("type", definition.kind.number()),
        ("key_size", definition.key_size),
        ("value_size", definition.value_size),
        ("max_entries", definition.max_entries),
        ("map_flags", definition.flags),
    ];
    let (mut members, mut count) = (Vec::new(), 0);
    for (name, number) in attributes {
        let TypeId(number) = btf.number(number);
        members.extend([btf.string(name), number, count * 64]);
        count += 1;
    }
    let size = count * 8;
    let TypeId(attributes) = btf.push(Type::unnamed(kind::STRUCT, count, size, members));
    let name = btf.string(&definition.name);
    let variable = Type::unnamed(kind::VAR, 0, attributes, vec![GLOBAL]);
    (btf.push(Type { name, ..variable }), size)
}
