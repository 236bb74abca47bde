//! USDT probes: notes that say where a file has a static probe, and where its arguments are there.
//!
//! The notes are those of `sys/sdt.h`: type 3 of `stapsdt`, three addresses, then provider, name and
//! arguments, each ended by a zero.

mod argument;
mod register_table;

use object::LittleEndian;
use object::read::elf::SectionHeader as _;

use super::nearest::nearest;
use super::{Elf, Memory, Place, file_offset};

pub use argument::Argument;

/// One place of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub place: Place,
    pub arguments: Vec<Argument>,
}

/// A note, as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Note<'a> {
    address: u64,
    /// Where the linker thought that the base was; it moves with the rest.
    base: u64,
    /// 0 when the probe has none.
    semaphore: u64,
    provider: &'a str,
    name: &'a str,
    arguments: &'a str,
}

const SECTION: &[u8] = b".note.stapsdt";
const BASE: &[u8] = b".stapsdt.base";
const OWNER: &[u8] = b"stapsdt";
const TYPE: u32 = 3;

/// Places of one probe. A compiler that inlines a function copies its probes, but not that often.
const LOCATIONS_MAX: usize = 4096;

/// Every place of the probe `provider:name`.
///
/// # Errors
///
/// A clause that says what is wrong.
pub(super) fn locations(
    elf: &Elf<'_>,
    provider: &str,
    name: &str,
) -> Result<Vec<Location>, String> {
    let moved = base(elf);
    let mut found = Vec::new();
    for note in notes(elf).filter(|note| note.provider == provider && note.name == name) {
        if found.len() == LOCATIONS_MAX {
            return Err(format!("its probe `{provider}:{name}` has too many places"));
        }
        let location = location(elf, &note, moved);
        found.push(location.map_err(|why| format!("its probe `{provider}:{name}`: {why}"))?);
    }
    if found.is_empty() { Err(missing(elf, provider, name)) } else { Ok(found) }
}

fn location(elf: &Elf<'_>, note: &Note<'_>, moved: Option<u64>) -> Result<Location, String> {
    // What was linked anew lies elsewhere by as much as the base does (`prelink`).
    let shift = moved.map_or(0, |base| base.wrapping_sub(note.base));
    let address = note.address.wrapping_add(shift);
    let offset = file_offset(elf, address, Memory::Code)
        .ok_or_else(|| format!("its place {address:#x} is outside of the file's code"))?;
    let counter = match note.semaphore {
        0 => None,
        semaphore => {
            let semaphore = semaphore.wrapping_add(shift);
            let offset = file_offset(elf, semaphore, Memory::Any);
            Some(offset.ok_or_else(|| format!("its semaphore {semaphore:#x} is not in the file"))?)
        }
    };
    let arguments = argument::parse(note.arguments, address, elf)?;
    Ok(Location { place: Place { offset, counter }, arguments })
}

fn missing(elf: &Elf<'_>, provider: &str, name: &str) -> String {
    let wanted = format!("{provider}:{name}");
    let all: Vec<String> =
        notes(elf).map(|note| format!("{}:{}", note.provider, note.name)).collect();
    if all.is_empty() {
        return format!("it has no USDT probe `{wanted}`, and no other either");
    }
    let near = nearest(&wanted, all.iter().map(String::as_str));
    if near.is_empty() {
        return format!("it has no USDT probe `{wanted}`, and none with a name like it");
    }
    format!("it has no USDT probe `{wanted}`; it has {}", near.join(", "))
}

/// The notes that can be read.
fn notes<'e>(elf: &'e Elf<'_>) -> impl Iterator<Item = Note<'e>> {
    let section = elf.elf_section_table().section_by_name(LittleEndian, SECTION);
    let notes = section.and_then(|(_, section)| section.notes(LittleEndian, elf.data()).ok()?);
    notes.into_iter().flatten().map_while(Result::ok).filter_map(|note| {
        let is_probe = note.name() == OWNER && note.n_type(LittleEndian).0 == TYPE;
        is_probe.then(|| parse(note.desc())).flatten()
    })
}

fn parse(bytes: &[u8]) -> Option<Note<'_>> {
    let mut rest = bytes;
    let mut number = || {
        let (first, others) = rest.split_first_chunk()?;
        rest = others;
        Some(u64::from_le_bytes(*first))
    };
    let (address, base, semaphore) = (number()?, number()?, number()?);
    let mut texts = rest.split(|byte| *byte == 0).map(std::str::from_utf8);
    let mut text = || texts.next()?.ok();
    let (provider, name, arguments) = (text()?, text()?, text()?);
    Some(Note { address, base, semaphore, provider, name, arguments })
}

/// Where the base is now.
fn base(elf: &Elf<'_>) -> Option<u64> {
    let (_, section) = elf.elf_section_table().section_by_name(LittleEndian, BASE)?;
    Some(section.sh_addr(LittleEndian))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(texts: &[u8]) -> Vec<u8> {
        let numbers = [0x1000_u64, 0x2000, 0].into_iter().flat_map(u64::to_le_bytes);
        numbers.chain(texts.iter().copied()).collect()
    }

    #[test]
    fn a_note_is_three_numbers_and_three_texts() {
        let bytes = note(b"test\0hit\08@%rdi\0");
        let note = parse(&bytes).unwrap();
        assert_eq!((note.address, note.base, note.semaphore), (0x1000, 0x2000, 0));
        assert_eq!((note.provider, note.name, note.arguments), ("test", "hit", "8@%rdi"));
    }

    #[test]
    fn a_note_that_is_cut_short_is_none() {
        let whole = note(b"test\0hit\0\0");
        assert!(parse(&whole).is_some());
        for length in 0..whole.len() - 2 {
            assert_eq!(parse(&whole[..length]), None, "{length}");
        }
    }
}
