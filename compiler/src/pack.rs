//! machine → bundle: links generated programs with the runtime library into one ELF object.
//!
//! The library is one object with a section for each function. What the programs reach of it is
//! kept and laid out in one `.text`; each program goes to the section that names where it is
//! attached; BTF, line information and CO-RE relocations are merged. Any BPF loader accepts the
//! result, and the manifest in its section `.writ` says the rest to Writ's own loader.

mod btf;
mod btf_ext;
mod elf;
mod library;
mod lines;
mod maps;
mod proof;
mod reachable;
mod section;

use std::collections::{BTreeMap, BTreeSet};

use writ_bundle::Manifest;

use crate::machine::{self, RelocationKind};
use crate::source::SourceMap;
use btf::{Btf, TypeId};
use library::Library;

/// The runtime library, compiled from `bpf-templates/`.
const LIBRARY: &[u8] = include_bytes!("../../bpf-templates/writ.bpf.o");

/// Why no bundle came out. All but [`PackError::KernelBtf`] are defects: what is generated, the
/// runtime library and the linker do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("the runtime library is damaged: {0}")]
    Library(#[from] library::LibraryError),
    #[error("the program `{program}` calls `{routine}`, which the runtime library does not have")]
    UndefinedRoutine { program: String, routine: String },
    #[error("the program `{program}` uses `{symbol}`, which is no map and no global")]
    UndefinedSymbol { program: String, symbol: String },
    #[error("two programs, routines or maps are called `{0}`")]
    NameTwice(String),
    #[error("the program's name `{0}` is longer than {max} bytes", max = machine::NAME_MAX)]
    NameTooLong(String),
    #[error("the size of `{0}` was to be set, but the runtime library has no such map")]
    UndefinedMap(String),
    #[error("the manifest lists other programs than there are: {0}")]
    Manifest(String),
    #[error("the linked object is larger than 4 GiB")]
    TooLarge,
    #[error("the ELF object cannot be written: {0}")]
    Elf(#[from] object::write::Error),
    #[error("the kernel's BTF cannot be read: {0}")]
    KernelBtf(String),
    #[error("the linked object does not relocate on its kernel: {0}")]
    Proof(String),
}

/// Links `object` with the runtime library.
///
/// The same arguments give the same bytes. What the linker knows of a program's cost is written
/// into `manifest`. `kernel_btf` is the raw BTF of the kernel that the bundle is for: every CO-RE
/// relocation is applied against it once, as a proof.
///
/// # Errors
///
/// When the object, the library and the manifest do not fit together, or when a relocation does
/// not apply to this kernel.
pub fn pack(
    object: &machine::Object,
    manifest: Manifest,
    kernel_btf: &[u8],
    sources: &SourceMap,
) -> Result<Vec<u8>, PackError> {
    let bundle = link(LIBRARY, object, manifest, sources)?;
    proof::prove(&bundle, kernel_btf)?;
    Ok(bundle)
}

/// The routines of the runtime library, by name.
///
/// # Errors
///
/// When the embedded object is damaged.
pub fn routines() -> Result<BTreeSet<String>, PackError> {
    Ok(library::read(LIBRARY)?.routines.into_keys().collect())
}

fn link(
    library: &[u8],
    object: &machine::Object,
    mut manifest: Manifest,
    sources: &SourceMap,
) -> Result<Vec<u8>, PackError> {
    let mut library = library::read(library)?;
    check_names(object, &library)?;
    check_symbols(object, &library)?;
    fill_costs(&mut manifest, object, &library)?;

    let reached = reachable::from_programs(&object.programs, &library);
    let text = Text::lay_out(&library, &reached.routines);
    let sections = section::lay_out(&object.programs);
    let maps = maps::merge(&mut library, object, &reached.maps)?;

    let mut extension = std::mem::take(&mut library.extension);
    let bases = text.bases_by_section(&library);
    extension.merge_text(&mut library.btf, &bases);
    for section in &sections {
        describe(section, &mut library.btf, &mut extension, sources);
    }
    elf::write(&elf::Image {
        library: &library,
        text: &text,
        sections: &sections,
        maps: &maps,
        btf: library.btf.bytes().ok_or(PackError::TooLarge)?,
        btf_ext: extension.bytes().ok_or(PackError::TooLarge)?,
        manifest: manifest_bytes(&manifest)?,
    })
}

/// The functions of the library that are kept, and where each begins in `.text`.
#[derive(Debug, Default)]
struct Text {
    bases: BTreeMap<String, u64>,
}

impl Text {
    /// In the order of names: the same functions always give the same layout.
    fn lay_out(library: &Library<'_>, reached: &BTreeSet<String>) -> Self {
        let mut end = 0;
        let kept = library.routines.iter().filter(|(name, _)| reached.contains(*name));
        let bases = kept
            .map(|(name, routine)| {
                let base = end;
                end += routine.code.len() as u64;
                (name.clone(), base)
            })
            .collect();
        Self { bases }
    }

    /// The same bases by the names of the sections from which the functions came.
    fn bases_by_section(&self, library: &Library<'_>) -> BTreeMap<String, u64> {
        let section = |name| library.routines.get(name).map(|routine| routine.section.clone());
        self.bases.iter().filter_map(|(name, base)| Some((section(name)?, *base))).collect()
    }
}

fn check_names(object: &machine::Object, library: &Library<'_>) -> Result<(), PackError> {
    let mut names: BTreeSet<&str> = library.routines.keys().map(String::as_str).collect();
    names.extend(library.maps.keys().map(String::as_str));
    let programs = object.programs.iter().map(|program| program.name.as_str());
    let maps = object.maps.iter().map(|map| map.name.as_str());
    for name in programs.clone().chain(maps) {
        if !names.insert(name) {
            return Err(PackError::NameTwice(name.to_owned()));
        }
    }
    match programs.into_iter().find(|name| name.len() > machine::NAME_MAX) {
        Some(name) => Err(PackError::NameTooLong(name.to_owned())),
        None => Ok(()),
    }
}

fn check_symbols(object: &machine::Object, library: &Library<'_>) -> Result<(), PackError> {
    let is_data = |symbol: &str| {
        library.maps.contains_key(symbol)
            || library.has_global(symbol)
            || object.maps.iter().any(|map| map.name == symbol)
    };
    for program in &object.programs {
        let name = || program.name.clone();
        for relocation in program.code.relocations() {
            let symbol = relocation.symbol;
            match relocation.kind {
                RelocationKind::Call if !library.routines.contains_key(symbol) => {
                    let routine = symbol.to_owned();
                    return Err(PackError::UndefinedRoutine { program: name(), routine });
                }
                RelocationKind::Address if !is_data(symbol) => {
                    let symbol = symbol.to_owned();
                    return Err(PackError::UndefinedSymbol { program: name(), symbol });
                }
                RelocationKind::Call | RelocationKind::Address => {}
            }
        }
    }
    Ok(())
}

fn fill_costs(
    manifest: &mut Manifest,
    object: &machine::Object,
    library: &Library<'_>,
) -> Result<(), PackError> {
    if manifest.programs.len() != object.programs.len() {
        let counts = format!("{} and {}", manifest.programs.len(), object.programs.len());
        return Err(PackError::Manifest(counts));
    }
    for (listed, program) in manifest.programs.iter_mut().zip(&object.programs) {
        if listed.name != program.name || listed.attach != program.attach {
            return Err(PackError::Manifest(format!("`{}` and `{}`", listed.name, program.name)));
        }
        let reached = reachable::from_programs(std::slice::from_ref(program), library);
        listed.cost.instructions = program.code.slots();
        listed.cost.linked_instructions =
            program.code.slots().saturating_add(library.slots(&reached.routines));
        listed.cost.longest_path = program.code.longest_path();
        listed.cost.stack = program.stack;
    }
    Ok(())
}

/// Adds types, line information and function information of the programs in one section.
fn describe(
    section: &section::Section<'_>,
    btf: &mut Btf,
    extension: &mut btf_ext::Extension,
    sources: &SourceMap,
) {
    let name = btf.string(&section.name);
    let mut functions = Vec::new();
    let mut lines = Vec::new();
    for (base, program) in &section.programs {
        let TypeId(function) = btf.entry_function(&program.name);
        functions.push((*base, vec![function]));
        for line in lines::lines(program, sources) {
            let place = [btf.string(&line.file), btf.string(&line.text), line.place()];
            lines.push((*base + line.slot.byte_offset(), place.to_vec()));
        }
    }
    extension.functions.push(name, functions);
    extension.lines.push(name, lines);
}

fn manifest_bytes(manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    serde_json::to_vec(manifest).map_err(|error| PackError::Manifest(error.to_string()))
}

#[cfg(test)]
mod tests;
