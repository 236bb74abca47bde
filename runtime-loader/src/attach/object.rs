//! A bundle's object: its maps are created and its code is made to fit this kernel.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use aya::maps::{Map, MapData, MapError};
use aya_obj::generated::bpf_map_type::BPF_MAP_TYPE_RINGBUF;
use aya_obj::{EbpfSectionKind, Function, Object};
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _};
use writ_bundle::{Manifest, Program};

use super::with_causes;
use crate::code::{self, Problem};
use crate::maps::{self, Maps};
use crate::running_kernel::RunningKernel;
use crate::system::{self, Existing, RelocatedProgram};
use crate::verifier_log;

/// An object whose programs are ready to be given to the kernel.
#[derive(Debug)]
pub(super) struct Prepared {
    object: Object,
    btf: OwnedFd,
}

/// What is decided when an object is loaded.
#[derive(Debug, Default)]
pub(super) struct Settings<'a> {
    /// Bytes of constants, by name. One that no program reads is not in the object.
    pub constants: HashMap<&'a str, &'a [u8]>,
    /// Entries of maps, by name, instead of what the object says.
    pub entries: BTreeMap<&'a str, u32>,
}

/// What the kernel is told of a program besides its code.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kind {
    /// `enum bpf_prog_type`.
    pub program_type: u32,
    /// `enum bpf_attach_type`.
    pub attach_type: u32,
    /// The id of the function in the running kernel's BTF to which it is attached, or 0.
    pub function: u32,
    /// `prog_flags`.
    pub flags: u32,
}

/// Creates the maps and relocates the code.
///
/// aya-obj panics on some damaged objects (about one in 65 that had a few bytes changed at random);
/// for a program that runs as root that is a refusal, not a crash.
pub(super) fn prepare(
    bytes: &[u8],
    kernel: &RunningKernel,
    settings: &Settings<'_>,
) -> Result<(Prepared, Maps), Problem> {
    catch_unwind(AssertUnwindSafe(|| relocate(bytes, kernel, settings)))
        .unwrap_or_else(|_| Err(damaged("it is not whole")))
}

fn relocate(
    bytes: &[u8],
    kernel: &RunningKernel,
    settings: &Settings<'_>,
) -> Result<(Prepared, Maps), Problem> {
    let mut object = Object::parse(bytes).map_err(|error| damaged(&with_causes(&error)))?;
    let constants = settings.constants.iter().map(|(name, bytes)| (*name, (*bytes, false)));
    object.patch_map_data(constants.collect()).map_err(|error| damaged(&with_causes(&error)))?;
    if let Some(features) = aya::features().btf() {
        let sanitized = object.fixup_and_sanitize_btf(features);
        sanitized.map_err(|error| damaged(&with_causes(&error)))?;
    }
    let types = btf_section(bytes).and_then(|btf| kernel.types_named_in(btf)).ok_or_else(|| {
        Problem::new(&code::KERNEL_TYPES, "the running kernel's BTF cannot be read")
    })?;
    object.relocate_btf(&types).map_err(|error| damaged(&with_causes(&error)))?;
    let btf = object.btf.as_ref().ok_or_else(|| damaged("it has no BTF"))?;
    let btf = system::load_btf(&btf.to_bytes()).map_err(|error| refused("the BTF", &error))?;
    let definitions = std::mem::take(&mut object.maps);
    let created = create(&definitions, btf.as_fd(), &settings.entries)?;
    let descriptors = created.iter().filter_map(|(name, map)| {
        let (name, definition) = definitions.get_key_value(name)?;
        Some((name.as_str(), maps::inner(map)?.fd().as_fd().as_raw_fd(), definition))
    });
    let code: HashSet<usize> = object.functions.keys().map(|(section, _)| *section).collect();
    object.relocate_maps(descriptors, &code).map_err(|error| damaged(&with_causes(&error)))?;
    object.relocate_calls(&code).map_err(|error| damaged(&with_causes(&error)))?;
    object.sanitize_functions(aya::features());
    Ok((Prepared { object, btf }, created))
}

fn btf_section(bytes: &[u8]) -> Option<&[u8]> {
    let file: ElfFile64<'_> = ElfFile64::parse(bytes).ok()?;
    file.section_by_name(".BTF")?.data().ok()
}

fn create(
    definitions: &HashMap<String, aya_obj::Map>,
    btf: BorrowedFd<'_>,
    entries: &BTreeMap<&str, u32>,
) -> Result<Maps, Problem> {
    let mut created = Maps::new();
    // In order, so that the kernel numbers them alike each time.
    let ordered: BTreeMap<&String, &aya_obj::Map> = definitions.iter().collect();
    for (name, definition) in ordered {
        let mut definition = definition.clone();
        if let Some(entries) = entries.get(name.as_str()) {
            definition.set_max_entries(*entries);
        }
        if definition.map_type() == BPF_MAP_TYPE_RINGBUF as u32 {
            definition.set_max_entries(pages(definition.max_entries()));
        }
        let map = create_one(name, definition, btf).map_err(|error| map_problem(name, &error))?;
        created.insert(name.clone(), map);
    }
    Ok(created)
}

fn create_one(name: &str, definition: aya_obj::Map, btf: BorrowedFd<'_>) -> Result<Map, MapError> {
    let data = definition.data().to_vec();
    let sizes = (definition.key_size(), definition.value_size());
    let is_constant = definition.section_kind() == EbpfSectionKind::Rodata;
    let map = MapData::create(definition, name, Some(btf))?;
    let descriptor = map.fd().as_fd();
    if !data.is_empty() {
        let first = 0_u32.to_le_bytes();
        system::update_map(descriptor, sizes, &first, &data, Existing::Overwrite)?;
    }
    if is_constant {
        system::freeze_map(descriptor)?;
    }
    Map::from_map_data(map)
}

/// The next power of two that is a number of pages, as ring buffers want their bytes.
fn pages(bytes: u32) -> u32 {
    const PAGE: u32 = 4096;
    bytes.max(PAGE).checked_next_power_of_two().unwrap_or(1 << 31)
}

fn damaged(why: &str) -> Problem {
    Problem::new(&code::DAMAGED_BUNDLE, format!("the object in the bundle: {why}"))
}

fn refused(what: &str, error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::PermissionDenied {
        return Problem::new(&code::PERMISSION, format!("{what}: {error}"))
            .help("run writ-loader as root");
    }
    damaged(&format!("the kernel does not take {what}: {error}"))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all else is no matter of permission")]
fn map_problem(name: &str, error: &MapError) -> Problem {
    match error {
        MapError::CreateError { io_error, .. }
            if io_error.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            refused(&format!("the map `{name}`"), io_error)
        }
        _ => Problem::new(&code::MAP, format!("the map `{name}`: {}", with_causes(error))),
    }
}

impl Prepared {
    /// The instructions of a program, with all that it calls, as the kernel reads them.
    pub(super) fn instructions(&self, program: &Program) -> Result<Vec<u8>, Problem> {
        self.function(program).map(encoded)
    }

    /// Loads a program with these instructions.
    pub(super) fn load(
        &self,
        manifest: &Manifest,
        program: &Program,
        instructions: &[u8],
        kind: Kind,
    ) -> Result<OwnedFd, Problem> {
        let parsed = self.object.programs.get(&program.name).ok_or_else(|| missing(program))?;
        let code = self.function(program)?;
        let loaded = system::load_program(&RelocatedProgram {
            name: &program.name,
            program_type: kind.program_type,
            license: &parsed.license,
            instructions,
            btf: self.btf.as_fd(),
            function_info: (&code.func_info.func_info_bytes(), code.func_info_rec_size),
            line_info: (&code.line_info.line_info_bytes(), code.line_info_rec_size),
            attach_type: kind.attach_type,
            function: kind.function,
            flags: kind.flags,
        });
        loaded.map_err(|(error, log)| verifier_log::explain(manifest, program, &error, &log))
    }

    fn function(&self, program: &Program) -> Result<&Function, Problem> {
        let parsed = self.object.programs.get(&program.name);
        let code = parsed.and_then(|parsed| self.object.functions.get(&parsed.function_key()));
        code.ok_or_else(|| missing(program))
    }
}

fn missing(program: &Program) -> Problem {
    let message = format!("the object has no program `{}`", program.name);
    Problem::new(&code::DAMAGED_BUNDLE, message)
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
