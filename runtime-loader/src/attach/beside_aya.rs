//! Programs in the kernel of kinds that aya does not have: `fmod_ret` and `kprobe.multi`.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use aya::Btf;
use aya_obj::btf::BtfKind;
use aya_obj::generated::bpf_attach_type::BPF_MODIFY_RETURN;
use aya_obj::generated::bpf_prog_type;
use aya_obj::generated::bpf_prog_type::{BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACING};
use memchr::memmem;
use object::elf::{FileHeader64, SHT_STRTAB};
use object::read::elf::{FileHeader as _, SectionHeader as _};
use writ_bundle::{Attach, Manifest};

use super::relocated::{self, Relocated};
use crate::code::{self, Problem};
use crate::system;
use crate::system::kprobe::{self, Side};

/// A loaded program.
#[derive(Debug)]
pub(super) struct Program(OwnedFd);

/// An attached program. Dropping it detaches the program.
#[derive(Debug)]
#[expect(dead_code, reason = "the descriptor is held open, not read")]
pub(super) struct Link(OwnedFd);

impl Program {
    pub(super) fn attach(&self, attach: &Attach) -> io::Result<Link> {
        let program = self.0.as_fd();
        match attach {
            Attach::KprobeMulti { functions } => {
                kprobe::attach_to_all(program, functions, Side::Entry)
            }
            Attach::KretprobeMulti { functions } => {
                kprobe::attach_to_all(program, functions, Side::Return)
            }
            Attach::FmodRet { .. }
            | Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::Kprobe { .. }
            | Attach::Kretprobe { .. }
            | Attach::Kprobes { .. }
            | Attach::Kretprobes { .. }
            | Attach::Lsm { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. }
            | Attach::BtfTracepoint { .. }
            | Attach::Uprobe { .. }
            | Attach::Uretprobe { .. }
            | Attach::Usdt { .. } => system::attach_tracing_program(program),
        }
        .map(Link)
    }
}

/// Attaches a program that aya has loaded to one function after another. When one refuses, those
/// before it are detached.
pub(super) fn attach_one_by_one(
    program: BorrowedFd<'_>,
    functions: &[String],
    side: Side,
) -> Result<Vec<Link>, String> {
    let links = (0..).zip(functions).map(|(cookie, function)| {
        let link = kprobe::attach_to_one(program, function, side, cookie);
        link.map(Link).map_err(|error| format!("`{function}`: {error}"))
    });
    links.collect()
}

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

/// What the kernel is told of a program's kind.
#[derive(Debug, Clone, Copy)]
struct Kind<'a> {
    /// `enum bpf_prog_type`.
    program_type: bpf_prog_type,
    /// `enum bpf_attach_type`.
    attach_type: u32,
    /// The function for which a tracing program is loaded.
    function: Option<&'a str>,
}

/// `None` for programs that aya loads.
fn kind(attach: &Attach) -> Option<Kind<'_>> {
    match attach {
        Attach::FmodRet { function } => Some(Kind {
            program_type: BPF_PROG_TYPE_TRACING,
            attach_type: BPF_MODIFY_RETURN as u32,
            function: Some(function),
        }),
        Attach::KprobeMulti { .. } | Attach::KretprobeMulti { .. } => Some(Kind {
            program_type: BPF_PROG_TYPE_KPROBE,
            attach_type: kprobe::KPROBE_MULTI,
            function: None,
        }),
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::Lsm { .. }
        | Attach::Tracepoint { .. }
        | Attach::RawTracepoint { .. }
        | Attach::BtfTracepoint { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => None,
    }
}

/// Whether aya does not load such programs, and [`load`] does.
pub(super) fn has(attach: &Attach) -> bool {
    kind(attach).is_some()
}

/// Loads a program of such a kind.
pub(super) fn load(
    relocated: &Relocated,
    manifest: &Manifest,
    program: &writ_bundle::Program,
    types: &Btf,
) -> Result<Program, Problem> {
    let Some(kind) = kind(&program.attach) else {
        let message = format!("the program `{}` is of a kind that aya loads", program.name);
        return Err(Problem::new(&code::DAMAGED_BUNDLE, message));
    };
    let id = |function: &str| {
        types.id_by_type_name_kind(function, BtfKind::Func).map_err(|error| {
            Problem::new(&code::MISSING_FEATURE, format!("the kernel has no `{function}`: {error}"))
        })
    };
    let kind = relocated::Kind {
        program_type: kind.program_type as u32,
        attach_type: kind.attach_type,
        function: kind.function.map_or(Ok(0), id)?,
    };
    let instructions = relocated.instructions(program)?;
    relocated.load(manifest, program, &instructions, kind).map(Program)
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
