//! Programs that aya does not load: aya-obj relocates them, and they are given to the kernel directly.

use std::collections::HashSet;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use aya::{Btf, Ebpf};
use aya_obj::{Function, Object};
use writ_bundle::{Manifest, Program};

use crate::code::{self, Problem};
use crate::maps;
use crate::system::{self, RelocatedProgram};
use crate::verifier_log;

/// An object whose programs share the maps that aya created.
#[derive(Debug)]
pub(super) struct Relocated {
    object: Object,
    btf: OwnedFd,
}

/// What the kernel is told of a program besides its code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// `enum bpf_prog_type`.
    pub program_type: u32,
    /// `enum bpf_attach_type`.
    pub attach_type: u32,
    /// The id of the function in the running kernel's BTF to which it is attached, or 0.
    pub function: u32,
}

/// Relocates the object, whose maps `ebpf` has created.
pub(super) fn relocated(bytes: &[u8], ebpf: &Ebpf, types: &Btf) -> Result<Relocated, Problem> {
    // As for aya's own loader: damaged bytes can break aya-obj's assertions.
    let relocated = catch_unwind(AssertUnwindSafe(|| relocate(bytes, ebpf, types)));
    let object = relocated.unwrap_or_else(|_| Err("it is damaged".to_owned())).map_err(|why| {
        Problem::new(&code::DAMAGED_BUNDLE, format!("the object in the bundle: {why}"))
    })?;
    let btf = object.btf.as_ref().map(|btf| system::load_btf(&btf.to_bytes())).transpose();
    let btf = btf.ok().flatten().ok_or_else(|| {
        Problem::new(&code::DAMAGED_BUNDLE, "the kernel does not take the object's BTF")
    })?;
    Ok(Relocated { object, btf })
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

impl Relocated {
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
