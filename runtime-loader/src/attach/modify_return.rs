//! `fmod_ret` programs, which aya does not have: they are relocated by aya-obj and given to the
//! kernel directly.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use aya::{Btf, Ebpf};
use aya_obj::btf::BtfKind;
use aya_obj::generated::bpf_attach_type::BPF_MODIFY_RETURN;
use aya_obj::{Function, Object};
use memchr::memmem;
use object::elf::{FileHeader64, SHT_STRTAB};
use object::read::elf::{FileHeader as _, SectionHeader as _};
use writ_bundle::{Attach, Manifest};

use crate::code::{self, Problem};
use crate::maps;
use crate::system::{self, TracingProgram};
use crate::verifier_log;

/// A loaded program.
#[derive(Debug)]
pub(super) struct Program(OwnedFd);

/// An attached program. Dropping it detaches the program.
#[derive(Debug)]
#[expect(dead_code, reason = "the descriptor is held open, not read")]
pub(super) struct Link(OwnedFd);

impl Program {
    pub(super) fn attach(&self) -> io::Result<Link> {
        system::attach_tracing_program(self.0.as_fd()).map(Link)
    }
}

const SECTION: &[u8] = b"fmod_ret/";
/// As long as [`SECTION`], of a kind that aya knows, and no name that the compiler gives.
const RENAMED: &[u8] = b"fentry/_/";

/// The object with its `fmod_ret/…` sections renamed: aya refuses a whole object for one section
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
    let found: Vec<usize> =
        memmem::find_iter(table, SECTION).filter(|at| begins_a_name(table, *at)).collect();
    for at in found {
        for (to, from) in table.iter_mut().skip(at).zip(RENAMED) {
            *to = *from;
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

/// Loads the bundle's `fmod_ret` programs, which share the maps that `ebpf` has created.
pub(super) fn load(
    manifest: &Manifest,
    bytes: &[u8],
    ebpf: &Ebpf,
    types: &Btf,
) -> Result<BTreeMap<String, Program>, Problem> {
    let wanted: Vec<(&writ_bundle::Program, &str)> = manifest
        .programs
        .iter()
        .filter_map(|program| match &program.attach {
            Attach::FmodRet { function } => Some((program, function.as_str())),
            Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::Kprobe { .. }
            | Attach::Kretprobe { .. }
            | Attach::Lsm { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. } => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    // As for aya's own loader: damaged bytes can break aya-obj's assertions.
    let relocated = catch_unwind(AssertUnwindSafe(|| relocate(bytes, ebpf, types)));
    let object = relocated.unwrap_or_else(|_| Err("it is damaged".to_owned())).map_err(|why| {
        Problem::new(&code::DAMAGED_BUNDLE, format!("the object in the bundle: {why}"))
    })?;
    let btf = object.btf.as_ref().map(|btf| system::load_btf(&btf.to_bytes())).transpose();
    let btf = btf.ok().flatten().ok_or_else(|| {
        Problem::new(&code::DAMAGED_BUNDLE, "the kernel does not take the object's BTF")
    })?;
    wanted
        .into_iter()
        .map(|(program, function)| {
            let loaded = load_one(manifest, program, function, &object, &btf, types)?;
            Ok((program.name.clone(), loaded))
        })
        .collect()
}

/// What `EbpfLoader::load` does after it has created the maps.
fn relocate(bytes: &[u8], ebpf: &Ebpf, types: &Btf) -> Result<Object, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let mut object = Object::parse(bytes).map_err(|error| text(&error))?;
    if let Some(features) = aya::features().btf() {
        object.fixup_and_sanitize_btf(features).map_err(|error| text(&error))?;
    }
    object.relocate_btf(types).map_err(|error| text(&error))?;
    let definitions = std::mem::take(&mut object.maps);
    let created: Vec<(&str, i32, &aya_obj::Map)> = ebpf
        .maps()
        .filter_map(|(name, map)| {
            let fd = maps::inner(map)?.fd().as_fd().as_raw_fd();
            let (name, definition) = definitions.get_key_value(name)?;
            Some((name.as_str(), fd, definition))
        })
        .collect();
    let text_sections: HashSet<usize> =
        object.functions.keys().map(|(section, _)| *section).collect();
    object.relocate_maps(created.into_iter(), &text_sections).map_err(|error| text(&error))?;
    object.relocate_calls(&text_sections).map_err(|error| text(&error))?;
    object.sanitize_functions(aya::features());
    Ok(object)
}

fn load_one(
    manifest: &Manifest,
    program: &writ_bundle::Program,
    function: &str,
    object: &Object,
    btf: &OwnedFd,
    types: &Btf,
) -> Result<Program, Problem> {
    let missing = || {
        let message = format!("the object has no program `{}`", program.name);
        Problem::new(&code::DAMAGED_BUNDLE, message)
    };
    let parsed = object.programs.get(&program.name).ok_or_else(missing)?;
    let code = object.functions.get(&parsed.function_key()).ok_or_else(missing)?;
    let id = types.id_by_type_name_kind(function, BtfKind::Func).map_err(|error| {
        Problem::new(&code::MISSING_FEATURE, format!("the kernel has no `{function}`: {error}"))
    })?;
    let loaded = system::load_tracing_program(&TracingProgram {
        name: &program.name,
        license: &parsed.license,
        instructions: &encoded(code),
        btf: btf.as_fd(),
        function_info: (&code.func_info.func_info_bytes(), code.func_info_rec_size),
        line_info: (&code.line_info.line_info_bytes(), code.line_info_rec_size),
        attach_type: BPF_MODIFY_RETURN as u32,
        function: id,
    });
    loaded
        .map(Program)
        .map_err(|(error, log)| verifier_log::explain(manifest, program, &error, &log))
}

/// Instructions as the kernel reads them on x86-64.
fn encoded(function: &Function) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(function.instructions.len() * 8);
    for instruction in &function.instructions {
        bytes.push(instruction.code);
        bytes.push(instruction.dst_reg() | instruction.src_reg() << 4);
        bytes.extend(instruction.off.to_le_bytes());
        bytes.extend(instruction.imm.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_name_is_as_long_as_the_old() {
        assert_eq!(SECTION.len(), RENAMED.len());
    }

    #[test]
    fn every_name_in_a_table_is_renamed_the_relocation_section_too() {
        let mut table = b"\0.relfmod_ret/f\0fmod_ret/g\0fentry/h\0on fmod_ret/i\0".to_vec();
        rename_in(&mut table);
        assert_eq!(table, b"\0.relfentry/_/f\0fentry/_/g\0fentry/h\0on fmod_ret/i\0");
    }

    #[test]
    fn bytes_that_are_no_object_stay_as_they_are() {
        for bytes in [&b""[..], b"fmod_ret/x", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0]] {
            assert_eq!(rename_sections(bytes), bytes);
        }
    }
}
