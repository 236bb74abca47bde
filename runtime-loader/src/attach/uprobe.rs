//! Programs at places of user space: one link for all places of a program where the kernel has
//! `uprobe.multi`, else a perf event for each.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::rc::Rc;

use aya_obj::generated::bpf_prog_type::BPF_PROG_TYPE_KPROBE;
use writ_bundle::record::{PLACE_MARKER, TARGET_MARKER, usdt};
use writ_bundle::{
    Attach, Hook, HookKind, Manifest, UserFile, UserPlace, UserPoint, maps as map_names,
};

use super::object::{Kind, Prepared};
use crate::code::{self, Problem};
use crate::maps::{self, Maps};
use crate::running_kernel::RunningKernel;
use crate::system::kprobe::Side;
use crate::system::perf_event::{self, Binding};
use crate::system::uprobe::{self, UPROBE_MULTI};
use crate::user_program::{Argument, Place, UserProgram};

/// Where the programs of a bundle that hook user space are to be attached.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// By the program's name. One that is missing is passed over.
    by_program: BTreeMap<String, Target>,
    /// The arguments of each place of a USDT probe; the index is the place's cookie.
    arguments: Vec<Vec<Argument>>,
    /// What is passed over, each a sentence.
    pub passed_over: Vec<String>,
}

#[derive(Debug, Clone)]
struct Target {
    file: Rc<UserProgram>,
    places: Vec<(Place, u64)>,
    side: Side,
    /// Whether each place is to have a link of its own.
    apart: bool,
    /// How far each of the program's targets is from each place, in the order of the places.
    distances: Vec<Vec<u64>>,
}

/// A loaded program.
#[derive(Debug)]
pub(super) struct Program {
    target: Target,
    way: Way,
    /// One; or one for each place, which knows its place.
    loaded: Vec<OwnedFd>,
}

/// How a program is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All places at once.
    Multi,
    /// A perf event of this unit for each place.
    Events { unit: u32, binding: Binding },
}

/// An attached program. Dropping it detaches the program.
#[derive(Debug)]
#[expect(dead_code, reason = "the descriptor is held open, not read")]
pub(super) struct Link(OwnedFd);

/// Finds the places in the files of this node. Each file is opened once.
pub(super) fn find(manifest: &Manifest) -> Result<Targets, Problem> {
    let mut targets = Targets::default();
    let mut files: BTreeMap<&UserFile, Result<Rc<UserProgram>, String>> = BTreeMap::new();
    for program in &manifest.programs {
        let Some(probe) = probe(&program.attach) else { continue };
        let (Probe::Places { file, .. } | Probe::Usdt { file, .. }) = probe;
        let opened =
            files.entry(file).or_insert_with(|| UserProgram::open(file).map(Rc::new)).clone();
        let found = opened.and_then(|opened| target(opened, probe, program, &mut targets));
        match found {
            Ok(target) => {
                targets.by_program.insert(program.name.clone(), target);
            }
            Err(why) if file.optional => targets.passed_over.push(why),
            Err(why) => return Err(Problem::new(&code::USER_PROGRAM, why)),
        }
    }
    Ok(targets)
}

/// What a program hooks in user space.
#[derive(Debug, Clone, Copy)]
pub(super) enum Probe<'a> {
    Places { file: &'a UserFile, places: &'a [UserPlace], side: Side, apart: bool },
    Usdt { file: &'a UserFile, provider: &'a str, name: &'a str, apart: bool },
}

/// What a program hooks in user space; `None` when it hooks the kernel.
pub(super) fn probe(attach: &Attach) -> Option<Probe<'_>> {
    match attach {
        Attach::Uprobe { file, places, apart } => {
            Some(Probe::Places { file, places, side: Side::Entry, apart: *apart })
        }
        Attach::Uretprobe { file, places, apart } => {
            Some(Probe::Places { file, places, side: Side::Return, apart: *apart })
        }
        Attach::Usdt { file, provider, name, apart } => {
            Some(Probe::Usdt { file, provider, name, apart: *apart })
        }
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Kprobe { .. }
        | Attach::Kretprobe { .. }
        | Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }
        | Attach::Lsm { .. }
        | Attach::Tracepoint { .. }
        | Attach::RawTracepoint { .. }
        | Attach::BtfTracepoint { .. } => None,
    }
}

fn target(
    file: Rc<UserProgram>,
    probe: Probe<'_>,
    program: &writ_bundle::Program,
    targets: &mut Targets,
) -> Result<Target, String> {
    match probe {
        Probe::Places { places, side, apart, .. } => {
            let place = |(cookie, wanted)| Ok((file.place(wanted)?, cookie));
            let places = (0..).zip(places).map(place).collect::<Result<Vec<_>, String>>()?;
            let distances = places.iter().map(|(place, _)| distances(&file, *place, program));
            let distances = distances.collect::<Result<_, String>>()?;
            // Programs that differ by their place have a link each.
            let apart = apart || !program.targets.is_empty();
            Ok(Target { file, places, side, apart, distances })
        }
        Probe::Usdt { provider, name, apart, .. } => {
            let locations = file.usdt(provider, name)?;
            for location in &locations {
                usable(&location.arguments, program).map_err(|why| {
                    format!("`{}`: its probe `{provider}:{name}` {why}", file.path())
                })?;
            }
            let first = targets.arguments.len();
            let places = (first as u64..).zip(&locations).map(|(cookie, one)| (one.place, cookie));
            let places = places.collect();
            targets.arguments.extend(locations.into_iter().map(|location| location.arguments));
            Ok(Target { file, places, side: Side::Entry, apart, distances: Vec::new() })
        }
    }
}

/// Puts the offsets of a hook's addresses in their place.
fn tell_offsets(hook: &mut Hook, offsets: &BTreeMap<u64, u64>) {
    if let HookKind::Uprobe { symbol, offset, .. } = &mut hook.kind
        && symbol.is_empty()
        && let Some(found) = offsets.get(offset)
    {
        *offset = *found;
    }
    for further in &mut hook.further_functions {
        if let Some(found) = further.parse().ok().and_then(|address: u64| offsets.get(&address)) {
            *further = found.to_string();
        }
    }
}

/// How far the targets of a program are from a place.
fn distances(
    file: &UserProgram,
    place: Place,
    program: &writ_bundle::Program,
) -> Result<Vec<u64>, String> {
    program.targets.iter().map(|target| file.distance(place, target)).collect()
}

/// Whether a place has the arguments that a program reads and writes to.
fn usable(arguments: &[Argument], program: &writ_bundle::Program) -> Result<(), String> {
    let argument = |number: u32| {
        let found = usize::try_from(number).ok().and_then(|place| arguments.get(place));
        let count = arguments.len();
        found.ok_or_else(|| format!("has {count} arguments, and so none with the number {number}"))
    };
    for number in &program.reads {
        argument(*number)?;
    }
    for number in &program.writes {
        if !argument(*number)?.can_be_set() {
            return Err(format!("has its argument {number} not in four bytes of memory"));
        }
    }
    Ok(())
}

impl Targets {
    /// Makes the hooks on addresses tell where in the file they are, as events do.
    pub(super) fn tell_offsets(&self, manifest: &mut Manifest) {
        for program in &manifest.programs {
            let (Attach::Uprobe { places, .. }, Some(target)) =
                (&program.attach, self.by_program.get(&program.name))
            else {
                continue;
            };
            let mut offsets = BTreeMap::new();
            for (place, (found, _)) in places.iter().zip(&target.places) {
                if let UserPoint::Address(address) = place.point {
                    offsets.insert(address, found.offset);
                }
            }
            let hooks = program.hooks.iter().filter_map(|hook| usize::try_from(*hook).ok());
            for hook in hooks {
                if let Some(hook) = manifest.hooks.get_mut(hook) {
                    tell_offsets(hook, &offsets);
                }
            }
        }
    }

    /// Entries that the map of USDT arguments needs; `None` when there is none to be made.
    pub(super) fn usdt_places(&self) -> Option<u32> {
        u32::try_from(self.arguments.len()).ok().filter(|count| *count > 0)
    }

    /// Tells the programs where the arguments of USDT probes are.
    pub(super) fn fill(&self, maps: &Maps) -> Result<(), Problem> {
        for (key, arguments) in (0_u32..).zip(&self.arguments) {
            let mut value = vec![0; usdt::ARGUMENT * usdt::ARGUMENTS];
            let bytes = arguments.iter().flat_map(|argument| argument.bytes());
            for (to, from) in value.iter_mut().zip(bytes) {
                *to = from;
            }
            maps::put(maps, map_names::USDT, &key.to_le_bytes(), &value)?;
        }
        Ok(())
    }

    /// Loads a program; `None` when what it hooks is passed over.
    pub(super) fn load(
        &self,
        prepared: &Prepared,
        manifest: &Manifest,
        program: &writ_bundle::Program,
        kernel: &RunningKernel,
    ) -> Result<Option<Program>, Problem> {
        let Some(target) = self.by_program.get(&program.name).cloned() else { return Ok(None) };
        let way = way(kernel, target.apart)?;
        let attach_type = if way == Way::Multi { UPROBE_MULTI } else { 0 };
        let program_type = BPF_PROG_TYPE_KPROBE as u32;
        let kind = Kind { program_type, attach_type, ..Kind::default() };
        let mut instructions = prepared.instructions(program)?;
        let of_place = markers(&instructions, PLACE_MARKER);
        let of_targets: Vec<Vec<usize>> = (TARGET_MARKER..)
            .take(program.targets.len())
            .map(|marker| markers(&instructions, marker))
            .collect();
        let is_same_everywhere = of_place.is_empty() && of_targets.is_empty();
        let mut loaded = Vec::new();
        for (index, (_, cookie)) in target.places.iter().enumerate() {
            for at in &of_place {
                put_number(&mut instructions, *at, *cookie);
            }
            let distances = target.distances.get(index).map(Vec::as_slice).unwrap_or_default();
            for (places, distance) in of_targets.iter().zip(distances) {
                for at in places {
                    put_number(&mut instructions, *at, *distance);
                }
            }
            loaded.push(prepared.load(manifest, program, &instructions, kind)?);
            if is_same_everywhere {
                break;
            }
        }
        Ok(Some(Program { target, way, loaded }))
    }
}

fn way(kernel: &RunningKernel, apart: bool) -> Result<Way, Problem> {
    if !apart && kernel.has_name("BPF_TRACE_UPROBE_MULTI") {
        return Ok(Way::Multi);
    }
    let Some(unit) = kernel.uprobe_event_type else {
        let message = "the kernel has no perf events of the kind `uprobe`";
        return Err(Problem::new(&code::MISSING_FEATURE, message));
    };
    Ok(Way::Events { unit, binding: kernel.binding() })
}

/// Offsets of the instructions that load this number.
fn markers(instructions: &[u8], marker: u64) -> Vec<usize> {
    const LOAD_NUMBER: u8 = 0x18;
    let [low, high] = halves(marker);
    let is_marker = |(_, pair): &(usize, &[u8])| {
        let opcode = pair.first() == Some(&LOAD_NUMBER);
        let source = pair.get(1).is_some_and(|registers| registers >> 4 == 0);
        opcode && source && pair.get(4..8) == Some(&low) && pair.get(12..16) == Some(&high)
    };
    let pairs = instructions.windows(16).enumerate().step_by(8);
    pairs.filter(is_marker).map(|(at, _)| at).collect()
}

fn put_number(instructions: &mut [u8], at: usize, number: u64) {
    let [low, high] = halves(number);
    for (offset, half) in [(4, low), (12, high)] {
        let place = at.checked_add(offset).and_then(|start| instructions.get_mut(start..));
        for (to, from) in place.unwrap_or_default().iter_mut().zip(half) {
            *to = from;
        }
    }
}

fn halves(number: u64) -> [[u8; 4]; 2] {
    match number.to_le_bytes().as_chunks::<4>() {
        ([low, high], []) => [*low, *high],
        _ => [[0; 4]; 2],
    }
}

impl Program {
    /// Attaches the program at all its places.
    pub(super) fn attach(&self) -> io::Result<Vec<Link>> {
        let path = CString::new(self.target.file.attach_path())?;
        match self.way {
            Way::Multi => Ok(vec![Link(self.attach_to_all(&path)?)]),
            Way::Events { unit, binding } => {
                let places = self.target.places.iter().enumerate();
                places.map(|(index, _)| self.attach_to_one(index, &path, unit, binding)).collect()
            }
        }
    }

    fn attach_to_all(&self, path: &CStr) -> io::Result<OwnedFd> {
        let Target { places, side, .. } = &self.target;
        let offsets: Vec<u64> = places.iter().map(|(place, _)| place.offset).collect();
        let counters: Vec<u64> =
            places.iter().map(|(place, _)| place.counter.unwrap_or(0)).collect();
        let cookies: Vec<u64> = places.iter().map(|(_, cookie)| *cookie).collect();
        let places = uprobe::Places {
            path,
            offsets: &offsets,
            counters: &counters,
            cookies: &cookies,
            side: *side,
        };
        uprobe::attach_to_all(self.program(0)?.as_fd(), places)
    }

    fn attach_to_one(
        &self,
        index: usize,
        path: &CStr,
        unit: u32,
        binding: Binding,
    ) -> io::Result<Link> {
        let place = self.target.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        let (place, cookie) = place;
        let counter = u32::try_from(place.counter.unwrap_or(0)).map_err(io::Error::other)?;
        let side = self.target.side;
        let event = uprobe::Place { path, offset: place.offset, counter, side };
        let event = uprobe::open_event(unit, event)?;
        let program = self.program(index)?.as_fd();
        perf_event::run_program(event, program, binding, *cookie).map(Link)
    }

    /// The program for a place.
    fn program(&self, index: usize) -> io::Result<&OwnedFd> {
        let loaded = self.loaded.get(index).or_else(|| self.loaded.first());
        loaded.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_becomes_the_number_of_a_place() {
        let [low, high] = halves(PLACE_MARKER);
        let mut code = vec![0xb7, 0, 0, 0, 1, 0, 0, 0];
        code.extend([0x18, 2, 0, 0].into_iter().chain(low).chain([0; 4]).chain(high));
        code.extend([0x95, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(markers(&code, PLACE_MARKER), [8]);
        put_number(&mut code, 8, 0x1_0000_0002);
        assert_eq!((&code[12..16], &code[20..24]), (&[2, 0, 0, 0][..], &[1, 0, 0, 0][..]));
        assert!(markers(&code, PLACE_MARKER).is_empty());
    }

    #[test]
    fn events_of_addresses_tell_where_in_the_file_they_are() {
        let kind = |offset| HookKind::Uprobe {
            path: "/bin/one".into(),
            symbol: String::new(),
            offset,
            reference_counter: 0,
        };
        let mut hook = Hook {
            policy: 0,
            kind: kind(0x40_1000),
            further_functions: vec!["4198656".into(), "main".into()],
            message: None,
            tags: Vec::new(),
            arguments: Vec::new(),
            data: Vec::new(),
            return_argument: None,
            selectors: Vec::new(),
            at: writ_bundle::SourceRange { source: 0, line: 1, column: 1 },
        };
        tell_offsets(&mut hook, &BTreeMap::from([(0x40_1000, 0x1000), (4_198_656, 0x1100)]));
        assert_eq!(hook.kind, kind(0x1000));
        assert_eq!(hook.further_functions, ["4352", "main"]);
    }

    #[test]
    fn the_address_of_a_map_is_no_marker() {
        let [low, high] = halves(PLACE_MARKER);
        let code: Vec<u8> =
            [0x18, 0x12, 0, 0].into_iter().chain(low).chain([0; 4]).chain(high).collect();
        assert!(markers(&code, PLACE_MARKER).is_empty());
    }
}
