//! The running kernel as a machine: bundles are loaded, and their programs run on request.

use std::os::fd::AsFd as _;
use std::path::PathBuf;

use aya::maps::{MapData, RingBuf};
use aya::programs::{ProgramError, RawTracePoint, RawTracePointRunOptions, TestRun as _};
use aya::{Ebpf, EbpfLoader};
use writ::ir::interpret::{Event, Record};
use writ::ir::{Module, Policy, Program};
use writ::kernel::Profile;
use writ::lower;
use writ_bundle::record::{self, counter, header, kind, workload};
use writ_bundle::{Manifest, Mode, globals, maps as map_names};
use writ_loader::bundle_file::BundleFile;
use writ_loader::maps::{self, Maps};
use writ_loader::system::{self, Existing};

use super::occasion::Surroundings;
use crate::machine::{baseline_entry, extras, lineage_entry, process_entry, shown, workload_entry};
use crate::random::points::Point;
use crate::random::policies::one_that_always_posts;

/// The id of the cgroup that all others are in: the root's inode number in kernfs.
const ROOT_CGROUP: u64 = 1;

/// Entries of the map of recent processes.
const RECENT_PLACES: u32 = 4096;

/// What a kernel without test runs of raw tracepoints answers: `ENOTSUPP`, which user space has no
/// name for, and before 5.10 `EINVAL`.
const CANNOT_RUN: [i32; 2] = [524, 22];

/// The kernel that the test runs on.
pub(super) struct Host {
    pub profile: Profile,
    /// What policies can hook.
    pub points: Vec<Point>,
}

impl Host {
    /// The kernel, or why it cannot be used.
    pub(super) fn find(surroundings: &Surroundings) -> Result<Self, String> {
        let profile = writ::cli::kernel::load("host").map_err(|error| error.to_string())?.remove(0);
        let _ = system::lift_locked_memory_limit();
        let points = super::points(&profile);
        let host = Self { profile, points };
        host.can_run(surroundings)?;
        Ok(host)
    }

    /// Tries the simplest bundle that there is.
    fn can_run(&self, surroundings: &Surroundings) -> Result<(), String> {
        let setting = super::setting(self, surroundings);
        let module = lower::lower(&[one_that_always_posts(&setting)]);
        let (bytes, manifest) = super::bundle(&module, self);
        let loaded = Loaded::load(bytes, manifest, [0; 10]);
        let mut loaded = loaded.map_err(|error| format!("programs cannot be loaded: {error}"))?;
        let program = module.programs.iter().find(|program| !program.hooks.is_empty()).unwrap();
        let answer = loaded.answer(program, &[0; 12]);
        let Err(error) = answer else { return Ok(()) };
        let number = match &error {
            ProgramError::SyscallError(error) => error.io_error.raw_os_error(),
            _ => None,
        };
        if number.is_some_and(|number| CANNOT_RUN.contains(&number)) {
            return Err("the kernel does not run raw tracepoints' programs on request".into());
        }
        panic!("the simplest program does not run: {error}");
    }
}

/// A bundle whose hooks' programs are loaded.
pub(super) struct Loaded {
    ebpf: Ebpf,
    maps: Maps,
    ring: RingBuf<MapData>,
}

impl Loaded {
    /// Creates and fills the maps, and loads the programs of hooks.
    ///
    /// # Errors
    ///
    /// Without the privilege to do so. Any other refusal is a bug of ours.
    pub(super) fn load(
        bytes: Vec<u8>,
        manifest: Manifest,
        host_namespaces: [u32; 10],
    ) -> Result<Self, String> {
        let loaded = EbpfLoader::new()
            .override_global(globals::HOST_NAMESPACES, host_namespaces.as_slice(), false)
            .load(&bytes);
        let mut ebpf = loaded.or_else(|error| unprivileged(&error))?;
        let bundle = BundleFile { path: PathBuf::new(), bytes, manifest };
        for program in bundle.manifest.programs.iter().filter(|program| !program.hooks.is_empty()) {
            let loaded = raw_tracepoint(&mut ebpf, &program.name).load();
            loaded.or_else(|error| unprivileged(&error))?;
        }
        let names: Vec<String> = ebpf.maps().map(|(name, _)| name.to_owned()).collect();
        let taken =
            names.into_iter().filter_map(|name| Some((name.clone(), ebpf.take_map(&name)?)));
        let mut maps: Maps = taken.collect();
        maps::fill(&maps, &bundle).unwrap();
        let ring = RingBuf::try_from(maps.remove(map_names::EVENTS).unwrap()).unwrap();
        Ok(Self { ebpf, maps, ring })
    }

    /// Writes what the event says of process and modes into the maps.
    pub(super) fn prepare(&self, module: &Module, event: &Event) {
        let mode = |(number, policy): (u32, &Policy)| {
            event.modes.get(&number).copied().unwrap_or(policy.mode)
        };
        let modes: Vec<Mode> = (0_u32..).zip(&module.policies).map(mode).collect();
        maps::put_modes(&self.maps, &modes).unwrap();
        if let Some(map) = maps::data(&self.maps, map_names::WORKLOADS) {
            let entry = workload_entry(module, event.process.workload.as_ref());
            let (map, key) = (map.fd().as_fd(), ROOT_CGROUP.to_le_bytes());
            let sizes = (8, u32::try_from(workload::SIZE).unwrap());
            system::update_map(map, sizes, &key, &entry, Existing::Overwrite).unwrap();
        }
        self.forget(event.process.pid);
        let known = event.process.known.as_ref();
        let entries = [
            (map_names::PROCESSES, known.map(|known| process_entry(module, known))),
            (map_names::LINEAGES, known.map(|known| lineage_entry(module, known))),
            (map_names::BASELINES, known.map(baseline_entry)),
        ];
        for (map, entry) in entries {
            self.put(map, event.process.pid, entry);
        }
    }

    /// What was remembered of a process, as of every one with the same place, was that of an earlier
    /// event.
    fn forget(&self, pid: u32) {
        let Some(map) = maps::data(&self.maps, map_names::RECENT) else { return };
        let place = (pid % RECENT_PLACES).to_le_bytes();
        let nothing = [0; 16];
        system::update_map(map.fd().as_fd(), (4, 16), &place, &nothing, Existing::Overwrite)
            .unwrap();
    }

    /// Writes what a map holds of a process, if the bundle has the map.
    fn put(&self, map: &str, pid: u32, entry: Option<Vec<u8>>) {
        let Some(map) = maps::data(&self.maps, map) else { return };
        let (map, key) = (map.fd().as_fd(), pid.to_le_bytes());
        match entry {
            Some(entry) => {
                let sizes = (4, u32::try_from(entry.len()).unwrap());
                system::update_map(map, sizes, &key, &entry, Existing::Overwrite).unwrap();
            }
            // It may not be there.
            None => drop(system::delete_from_map(map, 4, &key)),
        }
    }

    /// Runs a program and takes the records that it sent.
    pub(super) fn run(
        &mut self,
        module: &Module,
        program: &Program,
        arguments: &[u64; 12],
    ) -> Vec<Record> {
        assert_eq!(self.answer(program, arguments).unwrap(), 0);
        let mut records = Vec::new();
        while let Some(bytes) = self.ring.next() {
            records.push(read(module, program, &bytes));
        }
        records
    }

    fn answer(&mut self, program: &Program, args: &[u64; 12]) -> Result<u32, ProgramError> {
        let options = RawTracePointRunOptions { args: *args, cpu: None };
        let result = raw_tracepoint(&mut self.ebpf, &program.name).test_run(options)?;
        Ok(result.return_value)
    }

    /// All was evaluated, and all was sent.
    pub(super) fn lost_nothing(&self) {
        let Some(map) = self.maps.get(map_names::COUNTERS) else { return };
        let array = aya::maps::PerCpuArray::<_, u64>::try_from(map).unwrap();
        for index in [counter::LOST, counter::BUSY] {
            let sum: u64 = array.get(&index, 0).unwrap().iter().sum();
            assert_eq!(sum, 0, "counter {index}");
        }
    }
}

fn raw_tracepoint<'a>(ebpf: &'a mut Ebpf, name: &str) -> &'a mut RawTracePoint {
    ebpf.program_mut(name).unwrap().try_into().unwrap()
}

/// The sentence when the kernel does not let us; any other error is a bug of ours.
fn unprivileged<T>(error: &dyn std::error::Error) -> Result<T, String> {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    let is_refused = text.contains("Operation not permitted");
    assert!(is_refused, "the kernel refuses a bundle: {text}");
    Err(text)
}

/// A record as the interpreter has it.
fn read(module: &Module, program: &Program, bytes: &[u8]) -> Record {
    let record = record::Record::parse(bytes).unwrap();
    assert_eq!(record.u8(header::KIND), kind::HOOK);
    let hook = record.u16(header::HOOK).into();
    let items: Vec<_> = record
        .items()
        .map(|item| item.unwrap())
        .map(|item| (item.id, item.status, item.payload.to_vec()))
        .collect();
    Record {
        hook,
        function: record.u16(header::FUNCTION),
        selector: Some(record.u16(header::SELECTOR)).filter(|selector| *selector != 0xffff),
        action: record.u8(header::ACTION),
        action_argument: record.u64(header::ACTION_ARGUMENT).cast_signed(),
        flags: record.u8(header::FLAGS),
        items: shown(module, program, hook, false, &items),
        extras: extras(&items),
        owner: None,
    }
}
