//! Names of sections that aya-obj does not know, and the names that stand for them.

use memchr::memmem;
use object::elf::{FileHeader64, SHT_STRTAB};
use object::read::elf::{FileHeader as _, SectionHeader as _};

/// What sections are called, and names as long, of kinds that aya knows, which the compiler never
/// gives.
const RENAMED: [(&[u8], &[u8]); 3] = [
    (b"fmod_ret/", b"fentry/_/"),
    (b"kprobe.multi", b"kprobe/multi"),
    (b"kretprobe.multi", b"kretprobe/multi"),
];

/// The object with sections of such kinds renamed: aya refuses a whole object for one section
/// whose kind it does not know. The names stand in the ELF's string tables and in the BTF's.
pub(crate) fn rename_sections(bytes: &[u8]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    for (start, length) in string_tables(bytes) {
        let table = start.checked_add(length).and_then(|end| copy.get_mut(start..end));
        rename_in(table.unwrap_or_default());
    }
    copy
}

fn rename_in(table: &mut [u8]) {
    for (old, new) in RENAMED {
        let found: Vec<usize> =
            memmem::find_iter(table, old).filter(|at| begins_a_name(table, *at)).collect();
        for at in found {
            for (to, from) in table.iter_mut().skip(at).zip(new) {
                *to = *from;
            }
        }
    }
}

/// Whether the name of a section, or of its relocations, begins at `at`. Elsewhere it is a quoted
/// line of a source, which stays as it was written.
fn begins_a_name(table: &[u8], at: usize) -> bool {
    let before = table.get(..at).unwrap_or_default();
    [&b"\0"[..], b"\0.rel", b"\0.rela"].iter().any(|end| before.ends_with(end))
}

/// Where the names of sections are: offset and length in the file.
fn string_tables(bytes: &[u8]) -> Vec<(usize, usize)> {
    let endian = object::Endianness::default();
    let Ok(header) = FileHeader64::<object::Endianness>::parse(bytes) else { return Vec::new() };
    let Ok(sections) = header.sections(endian, bytes) else { return Vec::new() };
    let holds_names = |section: &&object::elf::SectionHeader64<object::Endianness>| {
        section.sh_type(endian) == SHT_STRTAB
            || sections.section_name(endian, *section).is_ok_and(|name| name == b".BTF")
    };
    let range = |section: &object::elf::SectionHeader64<object::Endianness>| {
        let (start, length) = section.file_range(endian)?;
        Some((usize::try_from(start).ok()?, usize::try_from(length).ok()?))
    };
    sections.iter().filter(holds_names).filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_is_as_long_as_the_old() {
        for (old, new) in RENAMED {
            assert_eq!(old.len(), new.len());
        }
    }

    #[test]
    fn every_name_in_a_table_is_renamed_the_relocation_section_too() {
        let mut table =
            b"\0.relfmod_ret/f\0fmod_ret/g\0fentry/h\0on fmod_ret/i\0kretprobe.multi\0".to_vec();
        rename_in(&mut table);
        assert_eq!(
            table,
            b"\0.relfentry/_/f\0fentry/_/g\0fentry/h\0on fmod_ret/i\0kretprobe/multi\0"
        );
    }

    #[test]
    fn bytes_that_are_no_object_stay_as_they_are() {
        for bytes in [&b""[..], b"fmod_ret/x", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0]] {
            assert_eq!(rename_sections(bytes), bytes);
        }
    }
}
