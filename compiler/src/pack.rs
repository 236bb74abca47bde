//! machine → bundle: links generated programs with the runtime library into one ELF object.
//!
//! The library is one object with a section for each function. What the programs reach of it is
//! kept and laid out in one `.text`; each program goes to the section that names where it is
//! attached; BTF, line information and CO-RE relocations are merged. Any BPF loader accepts the
//! result, and the manifest in its section `.writ` says the rest to Writ's own loader.

mod btf;
mod btf_ext;
mod btf_kind_table;
mod checks;
mod contents;
mod elf;
mod excerpt;
mod fields;
mod library;
mod lines;
pub mod manifest;
mod maps;
mod proof;
mod reachable;
mod section;
mod strip;
mod text;
mod translation;

use std::collections::BTreeSet;

use writ_bundle::Manifest;

use crate::machine;
use crate::source::SourceMap;
use btf::{Btf, TypeId};
pub use contents::{Contents, ContentsError, Function, Map, Section, contents};
use fields::{Described, Fields};
use library::Library;
use text::Text;

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
    checks::names(object, &library)?;
    checks::symbols(object, &library)?;
    checks::programs(&manifest, object)?;
    fill_costs(&mut manifest, object, &library);

    let reached = reachable::from_programs(&object.programs, &library);
    let text = Text::lay_out(&library, &reached.routines);
    let sections = section::lay_out(&object.programs);
    let maps = maps::merge(&mut library, object, &reached.maps)?;

    if object.shared_routines == machine::Linkage::Static {
        library.btf.make_functions_with_memory_static();
    }
    let mut extension = std::mem::take(&mut library.extension);
    let bases = text.bases_by_section(&library);
    extension.merge_text(&mut library.btf, &bases);
    let mut fields = Fields::default();
    for section in &sections {
        describe(section, &mut library.btf, &mut extension, sources);
        relocate(section, &mut library.btf, &mut extension, &mut fields);
    }
    let btf = strip::strip(&library.btf, &mut extension);
    elf::write(&elf::Image {
        library: &library,
        text: &text,
        sections: &sections,
        maps: &maps,
        btf: btf.bytes().ok_or(PackError::TooLarge)?,
        btf_ext: extension.bytes().ok_or(PackError::TooLarge)?,
        manifest: manifest_bytes(&manifest)?,
    })
}

/// Says in the manifest what each program costs.
fn fill_costs(manifest: &mut Manifest, object: &machine::Object, library: &Library<'_>) {
    for (listed, program) in manifest.programs.iter_mut().zip(&object.programs) {
        let reached = reachable::from_programs(std::slice::from_ref(program), library);
        listed.cost.instructions = program.code.slots();
        listed.cost.linked_instructions =
            program.code.slots().saturating_add(library.slots(&reached.routines));
        listed.cost.longest_path = program.code.longest_path();
        listed.cost.stack = program.stack;
    }
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

/// Adds the CO-RE relocations of the programs in one section, and the types that they name.
fn relocate(
    section: &section::Section<'_>,
    btf: &mut Btf,
    extension: &mut btf_ext::Extension,
    fields: &mut Fields,
) {
    let mut records = Vec::new();
    for (base, program) in &section.programs {
        for relocation in program.code.core_relocations() {
            let Described { root, access } = fields.describe(relocation.field, btf);
            let words = vec![root.0, access, relocation.fact.number()];
            records.push((*base + relocation.slot.byte_offset(), words));
        }
    }
    if !records.is_empty() {
        let name = btf.string(&section.name);
        extension.relocations.push(name, records);
    }
}

fn manifest_bytes(manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    serde_json::to_vec(manifest).map_err(|error| PackError::Manifest(error.to_string()))
}

#[cfg(test)]
mod tests;
