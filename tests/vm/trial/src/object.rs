//! An object with one program of each kind, all of which return 0.

use object::write::{Object, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

/// The section that says which kind a program is, and what the program is called.
const PROGRAMS: [(&str, &str); 5] = [
    ("fentry/any", "fentry"),
    ("kprobe/any", "kprobe"),
    ("lsm/any", "lsm"),
    ("tracepoint/any/any", "tracepoint"),
    ("raw_tp/any", "raw_tracepoint"),
];

/// `r0 = 0; exit`.
const RETURN_ZERO: [u8; 16] = [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];

/// The bytes of the object.
pub(super) fn with_a_program_of_each_kind() -> Result<Vec<u8>, object::write::Error> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::Bpf, Endianness::Little);
    let license = object.add_section(Vec::new(), b"license".to_vec(), SectionKind::Data);
    object.append_section_data(license, b"GPL\0", 1);
    for (section, name) in PROGRAMS {
        let section = object.add_section(Vec::new(), section.into(), SectionKind::Text);
        object.append_section_data(section, &RETURN_ZERO, 8);
        object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: RETURN_ZERO.len() as u64,
            kind: SymbolKind::Text,
            scope: SymbolScope::Dynamic,
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
    }
    object.write()
}
