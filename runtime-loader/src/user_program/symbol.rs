//! The address of a function, by its name.

use object::LittleEndian;
use object::elf::{
    SHN_UNDEF, SHT_DYNSYM, SHT_SYMTAB, STB_LOCAL, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE,
    SectionHeader64, Sym64,
};
use object::read::elf::{SectionHeader as _, Sym as _};

use super::Elf;
use super::nearest::nearest;

/// A function that a file has.
#[derive(Debug, Clone, Copy)]
struct Function<'a> {
    name: &'a [u8],
    address: u64,
    is_local: bool,
    /// The code that runs is chosen when the file is loaded; what stands at the address chooses.
    is_chosen_later: bool,
}

/// The virtual address of the function with this name. Of several, one that others can call.
///
/// # Errors
///
/// A clause that says what is wrong, and names what is like it.
pub(super) fn address(elf: &Elf<'_>, name: &str) -> Result<u64, String> {
    let mut found: Option<Function<'_>> = None;
    for function in functions(elf).filter(|function| function.name == name.as_bytes()) {
        if found.is_none_or(|found| found.is_local && !function.is_local) {
            found = Some(function);
        }
    }
    match found {
        Some(function) if function.is_chosen_later => Err(format!(
            "which code `{name}` runs is chosen when it is loaded (`STT_GNU_IFUNC`); hook that"
        )),
        Some(function) => Ok(function.address),
        None => Err(missing(elf, name)),
    }
}

/// The virtual address of a variable, or of anything else that has a name.
pub(super) fn any_address(elf: &Elf<'_>, name: &str) -> Option<u64> {
    symbols(elf).find(|(found, _)| *found == name.as_bytes()).map(|(_, symbol)| address_of(symbol))
}

fn missing(elf: &Elf<'_>, name: &str) -> String {
    let names = functions(elf).filter_map(|function| std::str::from_utf8(function.name).ok());
    let near = nearest(name, names);
    if near.is_empty() {
        return format!("it has no function `{name}`, and none with a name like it");
    }
    format!("it has no function `{name}`; it has {}", near.join(", "))
}

fn functions<'e>(elf: &'e Elf<'_>) -> impl Iterator<Item = Function<'e>> {
    symbols(elf).filter_map(|(name, symbol)| {
        // The assembler leaves entry points such as `_start` without a type.
        let is_code = matches!(symbol.st_type(), STT_FUNC | STT_GNU_IFUNC | STT_NOTYPE);
        is_code.then(|| Function {
            name,
            address: address_of(symbol),
            is_local: symbol.st_bind() == STB_LOCAL,
            is_chosen_later: symbol.st_type() == STT_GNU_IFUNC,
        })
    })
}

fn address_of(symbol: &Sym64<LittleEndian>) -> u64 {
    symbol.st_value(LittleEndian)
}

/// Every symbol that the file defines: those for debuggers, which can be stripped, then those for
/// other files.
fn symbols<'e>(elf: &'e Elf<'_>) -> impl Iterator<Item = (&'e [u8], &'e Sym64<LittleEndian>)> {
    [SHT_SYMTAB, SHT_DYNSYM].into_iter().flat_map(move |kind| {
        let section = elf
            .elf_section_table()
            .iter()
            .find(move |section| section.sh_type(LittleEndian) == kind);
        let (symbols, names) = section.and_then(|section| table(elf, section)).unwrap_or_default();
        symbols.iter().filter_map(move |symbol| {
            let is_defined = symbol.st_shndx(LittleEndian) != SHN_UNDEF;
            let name = name(names, symbol)?;
            (is_defined && !name.is_empty()).then_some((name, symbol))
        })
    })
}

/// The symbols of a section, and the texts that their names stand in. Both are read as a whole:
/// there can be a hundred thousand.
fn table<'e>(
    elf: &'e Elf<'_>,
    section: &SectionHeader64<LittleEndian>,
) -> Option<(&'e [Sym64<LittleEndian>], &'e [u8])> {
    let data = elf.data();
    let symbols = section.data_as_array(LittleEndian, data).ok()?;
    let names = elf.elf_section_table().section(section.link(LittleEndian)).ok()?;
    Some((symbols, names.data(LittleEndian, data).ok()?))
}

fn name<'e>(names: &'e [u8], symbol: &Sym64<LittleEndian>) -> Option<&'e [u8]> {
    let start = usize::try_from(symbol.st_name(LittleEndian)).ok()?;
    let rest = names.get(start..)?;
    rest.get(..memchr::memchr(0, rest)?)
}
