//! Turns what must happen into eBPF instructions for one kernel.

mod calls;
mod coder;
mod context;
mod early;
mod emitter;
mod facts;
mod formula;
mod integer;
mod library;
mod limits;
mod pairing;
mod redirect;
mod registers;
mod report;
mod socket;
mod sockets;
mod stack;
mod state;
mod test;
mod text;
mod tracking;
mod usdt;
mod values;
mod walk;

use std::collections::BTreeMap;

use writ_bundle::maps;

use crate::diagnostic::{Diagnostics, Stop};
use crate::ir::{Module, Program};
use crate::kernel::{Feature, Profile};
use crate::machine;
use coder::{MultiStack, PlaceNumber, Target};
use limits::Refusal;
use text::Tables;

/// The programs of `module`, for the kernel that `kernel` describes.
///
/// # Errors
///
/// When a limit of the machine is exceeded, which is reported; or when `module` asks for something
/// that [`crate::ir::verify`] excludes, which is a defect.
pub fn generate(
    module: &Module,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<machine::Object, Stop> {
    let target = target(kernel);
    let shared_routines = if kernel.has(Feature::SharedFunctions).is_present() {
        machine::Linkage::Global
    } else {
        machine::Linkage::Static
    };
    limits::sets(module, diagnostics)?;
    let search = if kernel.has(Feature::Helper("bpf_loop")).is_present() {
        library::SEARCH_LOOP
    } else {
        library::SEARCH_PLAIN
    };
    let mut tables = Tables::new(search);
    let mut programs = Vec::new();
    for from in &module.programs {
        let program = program(from, target, &mut tables)
            .map_err(|refusal| limits::stop(from, module, refusal, diagnostics))?;
        programs.push(program);
    }
    let maps = tables.maps().into_iter().chain(calls::maps(&module.call_lists));
    let (maps, images) = maps.unzip();
    let map_sizes = BTreeMap::new();
    let map_flags = map_flags(kernel);
    Ok(machine::Object { programs, maps, images, map_sizes, map_flags, shared_routines })
}

fn target(kernel: &Profile) -> Target {
    let acquire = if kernel.has(Feature::AtomicFetch).is_absent() {
        "writ_scratch_acquire_plain"
    } else {
        "writ_scratch_acquire_atomic"
    };
    let has_cookies = kernel.has(Feature::Helper(library::ATTACH_COOKIE.name)).is_present();
    let place = if has_cookies { PlaceNumber::Cookie } else { PlaceNumber::Written };
    let multi = if kernel.has(Feature::KprobeMultiStack).is_present() {
        MultiStack::Function
    } else {
        MultiStack::Unknown
    };
    Target { acquire, place, multi }
}

/// Entries of the maps of processes are allocated as processes start where programs may do that; on
/// other kernels all are allocated at once.
fn map_flags(kernel: &Profile) -> BTreeMap<String, u32> {
    if !kernel.has(Feature::AllocationInPrograms).is_present() {
        return BTreeMap::new();
    }
    let follows = [maps::PROCESSES, maps::LINEAGES, maps::BASELINES];
    follows.map(|map| (map.to_owned(), machine::map_flag::NO_PREALLOC)).into()
}

fn program(
    from: &Program,
    target: Target,
    tables: &mut Tables,
) -> Result<machine::Program, Refusal> {
    let coder::Coded { emitter, frame } = coder::code(from, target, tables)?;
    let code = emitter.finish().map_err(|error| limits::refusal(from, error))?;
    limits::instructions(&code)?;
    Ok(machine::Program {
        name: from.name.clone(),
        attach: from.attach.clone(),
        code,
        stack: frame.size(),
    })
}
