//! The runtime library's object, taken apart. It is committed, but read as defensively as any file.

use std::collections::BTreeMap;

use object::read::{File, Section, Symbol};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{Architecture, RelocationFlags, RelocationTarget, SectionIndex, SectionKind};
use object::{SymbolKind, elf};

use super::btf::Btf;
use super::btf_ext::Extension;
use crate::machine::RelocationKind;

/// What the linker needs of the library.
#[derive(Debug)]
pub(super) struct Library<'data> {
    /// Functions by name.
    pub(super) routines: BTreeMap<String, Routine<'data>>,
    /// Sections of variables, in the object's order.
    pub(super) data: Vec<DataSection<'data>>,
    /// Bytes that each map has in `.maps`, by name.
    pub(super) maps: BTreeMap<String, u64>,
    pub(super) btf: Btf,
    pub(super) extension: Extension,
}

/// A function with a section of its own.
#[derive(Debug)]
pub(super) struct Routine<'data> {
    /// `.text.` and a name.
    pub(super) section: String,
    pub(super) code: &'data [u8],
    /// What its code refers to, in the order of offsets.
    pub(super) references: Vec<Reference>,
}

/// One relocation of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Of the instruction, in bytes from the function's start.
    pub(super) offset: u64,
    pub(super) kind: RelocationKind,
    pub(super) target: Target,
}

/// What a function refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Routine(String),
    /// A map or a variable.
    Data(String),
    /// The start of a data section; the instruction holds the offset.
    Section(String),
}

/// A section that loaders turn into a map, or the license.
#[derive(Debug)]
pub(super) struct DataSection<'data> {
    pub(super) name: String,
    pub(super) contents: Contents<'data>,
    pub(super) align: u64,
    pub(super) globals: BTreeMap<String, Global>,
}

/// What stands in a data section.
#[derive(Debug)]
pub(super) enum Contents<'data> {
    /// `.rodata` and its like.
    ReadOnly(&'data [u8]),
    Writable(&'data [u8]),
    /// This many zeros, as in `.bss`.
    Zeros(u64),
}

/// A variable's place in its section.
#[derive(Debug)]
pub(super) struct Global {
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// Why an object cannot serve as runtime library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("not an ELF object: {0}")]
    Elf(#[from] object::read::Error),
    #[error("not an object for little-endian eBPF")]
    Architecture,
    #[error("the section `{0}` is missing")]
    MissingSection(&'static str),
    #[error("the section `{0}` is damaged")]
    DamagedSection(&'static str),
    #[error("`.text` is not empty: it was compiled without -ffunction-sections")]
    SharedText,
    #[error("the section `{0}` does not hold exactly one function")]
    NotOneFunction(String),
    #[error("the section `{0}` ends in the middle of an instruction")]
    CutInstruction(String),
    #[error("two functions or variables are called `{0}`")]
    NameTwice(String),
    #[error("the section `{0}` holds pointers")]
    PointersInData(String),
    #[error("a relocation of `{0}` is of another kind or goes nowhere")]
    Relocation(String),
}

/// Takes an object apart that was compiled with `-ffunction-sections -g`.
///
/// # Errors
///
/// When the bytes are no such object.
pub(super) fn read(bytes: &[u8]) -> Result<Library<'_>, LibraryError> {
    let file = File::parse(bytes)?;
    if file.architecture() != Architecture::Bpf || !file.is_little_endian() {
        return Err(LibraryError::Architecture);
    }
    if file.section_by_name(".text").is_some_and(|text| text.size() > 0) {
        return Err(LibraryError::SharedText);
    }
    let btf = Btf::parse(section_data(&file, ".BTF")?);
    let extension = Extension::parse(section_data(&file, ".BTF.ext")?);
    let names = function_names(&file)?;
    Ok(Library {
        routines: routines(&file, &names)?,
        data: data_sections(&file)?,
        maps: maps(&file)?,
        btf: btf.ok_or(LibraryError::DamagedSection(".BTF"))?,
        extension: extension.ok_or(LibraryError::DamagedSection(".BTF.ext"))?,
    })
}

impl Library<'_> {
    /// Whether a variable has this name.
    pub(super) fn has_global(&self, name: &str) -> bool {
        self.data.iter().any(|section| section.globals.contains_key(name))
    }

    /// Instructions of these functions.
    pub(super) fn slots<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> u32 {
        let bytes = names.into_iter().filter_map(|name| self.routines.get(name));
        u32::try_from(bytes.map(|routine| routine.code.len()).sum::<usize>() / 8)
            .unwrap_or(u32::MAX)
    }
}

fn section_data<'data>(
    file: &File<'data>,
    name: &'static str,
) -> Result<&'data [u8], LibraryError> {
    let section = file.section_by_name(name).ok_or(LibraryError::MissingSection(name))?;
    Ok(section.data()?)
}

/// The name of the function in each section `.text.…`, by the section's index.
fn function_names(file: &File<'_>) -> Result<BTreeMap<usize, String>, LibraryError> {
    let mut names = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
        let Some(index) = symbol.section_index() else { continue };
        let section = file.section_by_index(index)?;
        let covers = symbol.address() == 0 && symbol.size() == section.size();
        if !covers || names.insert(index.0, symbol.name()?.to_owned()).is_some() {
            return Err(LibraryError::NotOneFunction(section.name()?.to_owned()));
        }
    }
    Ok(names)
}

fn routines<'data>(
    file: &File<'data>,
    names: &BTreeMap<usize, String>,
) -> Result<BTreeMap<String, Routine<'data>>, LibraryError> {
    let mut routines = BTreeMap::new();
    for section in file.sections() {
        let name = section.name()?;
        if !name.starts_with(".text.") {
            continue;
        }
        let Some(function) = names.get(&section.index().0) else {
            return Err(LibraryError::NotOneFunction(name.to_owned()));
        };
        if section.size() % 8 != 0 {
            return Err(LibraryError::CutInstruction(name.to_owned()));
        }
        let references = references(file, &section, names)?;
        let routine = Routine { section: name.to_owned(), code: section.data()?, references };
        if routines.insert(function.clone(), routine).is_some() {
            return Err(LibraryError::NameTwice(function.clone()));
        }
    }
    Ok(routines)
}

fn references(
    file: &File<'_>,
    section: &Section<'_, '_>,
    names: &BTreeMap<usize, String>,
) -> Result<Vec<Reference>, LibraryError> {
    let damaged = || LibraryError::Relocation(section.name().unwrap_or_default().to_owned());
    let mut references = Vec::new();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(index) = relocation.target() else { return Err(damaged()) };
        let symbol = file.symbol_by_index(index)?;
        let kind = relocation_kind(relocation.flags()).ok_or_else(damaged)?;
        // An instruction has 8 bytes.
        if offset.checked_add(8).is_none_or(|end| end > section.size()) {
            return Err(damaged());
        }
        let target = target(file, &symbol, names)?.ok_or_else(damaged)?;
        references.push(Reference { offset, kind, target });
    }
    references.sort_by_key(|reference| reference.offset);
    Ok(references)
}

fn relocation_kind(flags: RelocationFlags) -> Option<RelocationKind> {
    let RelocationFlags::Elf { r_type } = flags else { return None };
    match r_type {
        elf::R_BPF_64_64 => Some(RelocationKind::Address),
        elf::R_BPF_64_32 => Some(RelocationKind::Call),
        _ => None,
    }
}

/// What a symbol stands for; nothing when it is not defined in this object.
fn target(
    file: &File<'_>,
    symbol: &Symbol<'_, '_>,
    names: &BTreeMap<usize, String>,
) -> Result<Option<Target>, LibraryError> {
    let Some(index) = symbol.section_index() else { return Ok(None) };
    if let Some(function) = names.get(&index.0) {
        return Ok(Some(Target::Routine(function.clone())));
    }
    if symbol.kind() == SymbolKind::Section {
        let section = file.section_by_index(index)?;
        return Ok(Some(Target::Section(section.name()?.to_owned())));
    }
    Ok(Some(Target::Data(symbol.name()?.to_owned())))
}

fn data_sections<'data>(file: &File<'data>) -> Result<Vec<DataSection<'data>>, LibraryError> {
    let mut sections: Vec<DataSection<'data>> = Vec::new();
    for section in file.sections() {
        let name = section.name()?;
        let is_data = name == "license"
            || [".rodata", ".data", ".bss"].iter().any(|prefix| name.starts_with(prefix));
        if !is_data || section.size() == 0 {
            continue;
        }
        if section.relocations().next().is_some() {
            return Err(LibraryError::PointersInData(name.to_owned()));
        }
        let globals = globals(file, section.index())?;
        let is_known = |known: &DataSection<'_>| {
            globals.keys().find(|name| known.globals.contains_key(*name)).cloned()
        };
        if let Some(name) = sections.iter().find_map(is_known) {
            return Err(LibraryError::NameTwice(name));
        }
        let contents = contents(&section)?;
        sections.push(DataSection {
            name: name.to_owned(),
            contents,
            align: section.align(),
            globals,
        });
    }
    Ok(sections)
}

fn contents<'data>(section: &Section<'data, '_>) -> Result<Contents<'data>, LibraryError> {
    if section.kind() == SectionKind::UninitializedData {
        return Ok(Contents::Zeros(section.size()));
    }
    let data = section.data()?;
    let is_read_only = section.name()?.starts_with(".rodata");
    Ok(if is_read_only { Contents::ReadOnly(data) } else { Contents::Writable(data) })
}

/// The variables in a section.
fn globals(
    file: &File<'_>,
    section: SectionIndex,
) -> Result<BTreeMap<String, Global>, LibraryError> {
    let mut globals = BTreeMap::new();
    let is_here = |symbol: &Symbol<'_, '_>| {
        symbol.kind() == SymbolKind::Data && symbol.section_index() == Some(section)
    };
    for symbol in file.symbols().filter(is_here) {
        let name = symbol.name()?.to_owned();
        let global = Global { offset: symbol.address(), size: symbol.size() };
        if globals.insert(name.clone(), global).is_some() {
            return Err(LibraryError::NameTwice(name));
        }
    }
    Ok(globals)
}

fn maps(file: &File<'_>) -> Result<BTreeMap<String, u64>, LibraryError> {
    let Some(section) = file.section_by_name(".maps") else { return Ok(BTreeMap::new()) };
    let globals = globals(file, section.index())?;
    Ok(globals.into_iter().map(|(name, global)| (name, global.size)).collect())
}
