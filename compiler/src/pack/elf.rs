//! Writes the linked object, as aya 0.14 and libbpf 1.1 want it.
//!
//! Both insist that `.text` has no gaps and a sized function symbol for each part, that programs
//! and maps have global symbols with sizes, and that relocations have no addends.

use std::collections::BTreeMap;

use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind};
use object::{SymbolFlags, SymbolKind, SymbolScope, elf};

use super::PackError;
use super::library::{Contents, DataSection, Library, Target};
use super::maps::MapVariable;
use super::section::Section;
use super::text::Text;
use crate::machine::RelocationKind;

/// Everything that the object is made of.
#[derive(Debug)]
pub(super) struct Image<'a> {
    pub(super) library: &'a Library<'a>,
    pub(super) text: &'a Text,
    pub(super) sections: &'a [Section<'a>],
    pub(super) maps: &'a [MapVariable],
    pub(super) btf: Vec<u8>,
    pub(super) btf_ext: Vec<u8>,
    pub(super) manifest: Vec<u8>,
}

/// Alignment of code and of maps.
const ALIGN: u64 = 8;

/// # Errors
///
/// When a relocation's target is missing, or the object would be too large for ELF.
pub(super) fn write(image: &Image<'_>) -> Result<Vec<u8>, PackError> {
    let mut writer = Writer {
        object: Object::new(BinaryFormat::Elf, Architecture::Bpf, Endianness::Little),
        symbols: BTreeMap::new(),
        sections: BTreeMap::new(),
    };
    image.library.data.iter().for_each(|section| writer.add_data(section));
    writer.add_maps(image.maps);
    writer.add_text(image)?;
    for section in image.sections {
        writer.add_programs(section)?;
    }
    writer.add_bytes(".BTF", &image.btf);
    writer.add_bytes(".BTF.ext", &image.btf_ext);
    writer.add_bytes(writ_bundle::SECTION, &image.manifest);
    Ok(writer.object.write()?)
}

struct Writer {
    object: Object<'static>,
    /// Functions, maps and variables, by name.
    symbols: BTreeMap<String, SymbolId>,
    /// Data sections, by name.
    sections: BTreeMap<String, SectionId>,
}

impl Writer {
    fn add_data(&mut self, section: &DataSection<'_>) {
        let kind = match section.contents {
            Contents::ReadOnly(_) => SectionKind::ReadOnlyData,
            Contents::Writable(_) => SectionKind::Data,
            Contents::Zeros(_) => SectionKind::UninitializedData,
        };
        let id = self.add_section(&section.name, kind);
        match section.contents {
            Contents::ReadOnly(bytes) | Contents::Writable(bytes) => {
                self.object.append_section_data(id, bytes, section.align);
            }
            Contents::Zeros(size) => {
                self.object.append_section_bss(id, size, section.align);
            }
        }
        for (name, global) in &section.globals {
            let place = Place { section: id, offset: global.offset, size: global.size };
            self.add_symbol(name, place, SymbolKind::Data, SymbolScope::Dynamic);
        }
        self.sections.insert(section.name.clone(), id);
    }

    /// Maps are zeros: what they are stands in BTF.
    fn add_maps(&mut self, maps: &[MapVariable]) {
        if maps.is_empty() {
            return;
        }
        let section = self.add_section(".maps", SectionKind::Data);
        for map in maps {
            let zeros = vec![0; map.size as usize];
            let offset = self.object.append_section_data(section, &zeros, ALIGN);
            let place = Place { section, offset, size: u64::from(map.size) };
            self.add_symbol(&map.name, place, SymbolKind::Data, SymbolScope::Dynamic);
        }
    }

    /// The library's functions are local: a global one would be verified on its own, without what
    /// the verifier knows of its caller's registers.
    fn add_text(&mut self, image: &Image<'_>) -> Result<(), PackError> {
        if image.text.bases.is_empty() {
            return Ok(());
        }
        let section = self.add_section(".text", SectionKind::Text);
        let routines = image
            .text
            .bases
            .keys()
            .filter_map(|name| image.library.routines.get(name).map(|routine| (name, routine)));
        for (name, routine) in routines.clone() {
            let offset = self.object.append_section_data(section, routine.code, ALIGN);
            let place = Place { section, offset, size: routine.code.len() as u64 };
            self.add_symbol(name, place, SymbolKind::Text, SymbolScope::Compilation);
        }
        for (name, routine) in routines {
            let base = image.text.bases.get(name).copied().unwrap_or(0);
            for reference in &routine.references {
                let symbol = self.target(&reference.target, name)?;
                self.add_relocation(section, base + reference.offset, symbol, reference.kind)?;
            }
        }
        Ok(())
    }

    fn add_programs(&mut self, section: &Section<'_>) -> Result<(), PackError> {
        let id = self.add_section(&section.name, SectionKind::Text);
        for (base, program) in &section.programs {
            let code = program.code.bytes();
            let offset = self.object.append_section_data(id, code, ALIGN);
            let place = Place { section: id, offset, size: code.len() as u64 };
            self.add_symbol(&program.name, place, SymbolKind::Text, SymbolScope::Dynamic);
            for relocation in program.code.relocations() {
                let symbol = self.symbol(relocation.symbol, &program.name)?;
                let offset = base + relocation.slot.byte_offset();
                self.add_relocation(id, offset, symbol, relocation.kind)?;
            }
        }
        Ok(())
    }

    fn add_bytes(&mut self, name: &str, bytes: &[u8]) {
        let section = self.add_section(name, SectionKind::Other);
        self.object.append_section_data(section, bytes, 4);
    }

    fn add_section(&mut self, name: &str, kind: SectionKind) -> SectionId {
        self.object.add_section(Vec::new(), name.as_bytes().to_vec(), kind)
    }

    fn add_symbol(&mut self, name: &str, place: Place, kind: SymbolKind, scope: SymbolScope) {
        let symbol = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: place.offset,
            size: place.size,
            kind,
            scope,
            weak: false,
            section: SymbolSection::Section(place.section),
            flags: SymbolFlags::None,
        });
        self.symbols.insert(name.to_owned(), symbol);
    }

    fn add_relocation(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
        kind: RelocationKind,
    ) -> Result<(), PackError> {
        let r_type = match kind {
            RelocationKind::Address => elf::R_BPF_64_64,
            RelocationKind::Call => elf::R_BPF_64_32,
        };
        let flags = RelocationFlags::Elf { r_type };
        let relocation = Relocation { offset, symbol, addend: 0, flags };
        Ok(self.object.add_relocation(section, relocation)?)
    }

    fn target(&mut self, target: &Target, user: &str) -> Result<SymbolId, PackError> {
        match target {
            Target::Routine(name) | Target::Data(name) => self.symbol(name, user),
            Target::Section(name) => match self.sections.get(name) {
                Some(section) => Ok(self.object.section_symbol(*section)),
                None => Err(undefined(name, user)),
            },
        }
    }

    fn symbol(&self, name: &str, user: &str) -> Result<SymbolId, PackError> {
        self.symbols.get(name).copied().ok_or_else(|| undefined(name, user))
    }
}

/// Where a symbol stands.
#[derive(Clone, Copy)]
struct Place {
    section: SectionId,
    offset: u64,
    size: u64,
}

fn undefined(symbol: &str, user: &str) -> PackError {
    PackError::UndefinedSymbol { program: user.to_owned(), symbol: symbol.to_owned() }
}
