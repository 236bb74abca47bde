//! What is in a bundle: its sections, programs, routines and maps, as `writ inspect` shows them.

use std::collections::BTreeMap;

use object::read::{File, Object as _, ObjectSection as _, ObjectSymbol as _, Symbol};
use object::{SectionIndex, SectionKind, SymbolKind};

use super::btf::{Btf, TypeId};
use super::btf_kind_table as kind;

/// The parts of a bundle. Each list is in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    pub sections: Vec<Section>,
    /// Generated functions.
    pub programs: Vec<Function>,
    /// Functions of the runtime library.
    pub routines: Vec<Function>,
    pub maps: Vec<Map>,
}

/// A section of the ELF object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// The section in which it stands, which says where a program is attached.
    pub section: String,
    pub instructions: u64,
}

/// A map that is created when the bundle is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    pub name: String,
    /// `type`, `max_entries`, `key_size` and so on, as far as BTF says them as numbers.
    pub attributes: BTreeMap<String, u32>,
}

/// Why bytes are not an object whose contents can be listed.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    #[error("not an ELF object: {0}")]
    Elf(#[from] object::read::Error),
}

/// Lists what is in `bundle`. The bytes need not be a bundle; what is damaged is left out.
///
/// # Errors
///
/// When the bytes are not an ELF object.
pub fn contents(bundle: &[u8]) -> Result<Contents, ContentsError> {
    let file = File::parse(bundle)?;
    let mut contents = Contents::default();
    for section in file.sections() {
        let name = section.name()?.to_owned();
        contents.sections.push(Section { name, size: section.size() });
    }
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
        let Some(section) = code_section(&file, symbol.section_index()) else { continue };
        let functions =
            if section == ".text" { &mut contents.routines } else { &mut contents.programs };
        let name = symbol.name()?.to_owned();
        functions.push(Function { name, section, instructions: symbol.size() / 8 });
    }
    contents.maps = maps(&file)?;
    Ok(contents)
}

fn code_section(file: &File<'_>, index: Option<SectionIndex>) -> Option<String> {
    let section = file.section_by_index(index?).ok()?;
    let is_code = section.kind() == SectionKind::Text;
    section.name().ok().filter(|_| is_code).map(str::to_owned)
}

fn maps(file: &File<'_>) -> Result<Vec<Map>, object::read::Error> {
    let Some(section) = file.section_by_name(".maps") else { return Ok(Vec::new()) };
    let btf = file.section_by_name(".BTF").map(|btf| btf.data()).transpose()?;
    let btf = btf.and_then(Btf::parse).unwrap_or_else(Btf::new);
    let is_here = |symbol: &Symbol<'_, '_>| symbol.section_index() == Some(section.index());
    let map = |symbol: Symbol<'_, '_>| {
        let name = symbol.name()?.to_owned();
        let attributes = attributes(&btf, &name).unwrap_or_default();
        Ok(Map { name, attributes })
    };
    let is_map = |symbol: &Symbol<'_, '_>| symbol.kind() == SymbolKind::Data && is_here(symbol);
    file.symbols().filter(is_map).map(map).collect()
}

/// The attributes of a map that its type says as pointers to arrays.
fn attributes(btf: &Btf, map: &str) -> Option<BTreeMap<String, u32>> {
    let variable = btf.get(btf.find(kind::VAR, map)?)?;
    let definition = btf.get(TypeId(variable.size_or_id))?;
    let attribute = |member: &[u32]| {
        let &[name, pointer, _] = member else { return None };
        let pointer = btf.get(TypeId(pointer)).filter(|found| found.kind == kind::PTR)?;
        let array =
            btf.get(TypeId(pointer.size_or_id)).filter(|found| found.kind == kind::ARRAY)?;
        Some((btf.text(name).to_owned(), *array.rest.get(2)?))
    };
    Some(definition.rest.chunks_exact(3).filter_map(attribute).collect())
}
