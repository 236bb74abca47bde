//! Loads and attaches a bundle's programs, all or none.

use std::collections::BTreeMap;
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use aya::maps::{MapData, PerCpuArray, RingBuf};
use aya::programs::ProgramError;
use aya::{Btf, Ebpf, EbpfError, EbpfLoader};
use writ_bundle::record::counter;
use writ_bundle::{Attach, Mode, Program, UserPlace, globals, maps as map_names};

use crate::bundle_file::BundleFile;
use crate::code::{self, Problem};
use crate::maps;
use crate::proc_scan::{self, Found};
use crate::running_kernel::RunningKernel;
use crate::system::kprobe::Side;
use crate::verifier_log;
use crate::workloads::Entries;

mod beside_aya;
mod by_aya;
mod order;
mod relocated;
mod uprobe;

#[cfg(test)]
pub(crate) use beside_aya::rename_sections;

/// A bundle whose programs are loaded. Dropping it detaches them and frees its maps.
pub struct Loaded {
    bundle: BundleFile,
    ebpf: Ebpf,
    /// Programs that aya cannot load, by name.
    beside_aya: BTreeMap<String, beside_aya::Program>,
    /// Programs in user space, by name.
    uprobes: BTreeMap<String, uprobe::Program>,
    links: Vec<Link>,
    passed_over: Vec<String>,
    /// What was written into the map of workloads.
    workloads: Entries,
}

/// What keeps a program attached that aya does not know.
#[derive(Debug)]
#[expect(dead_code, reason = "links are held, not read")]
enum Link {
    InKernel(beside_aya::Link),
    InProgram(uprobe::Link),
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Loaded").field("bundle", &self.bundle.path).finish_non_exhaustive()
    }
}

/// How a bundle is loaded.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bytes of the ring buffer instead of what the bundle says; made a power of two of pages.
    pub ring_buffer_bytes: Option<u32>,
    pub host_namespaces: [u32; 10],
    /// Anything that nobody can guess.
    pub rate_secret: u64,
}

/// Which programs are meant: those that follow processes are attached before the scan of `/proc`
/// is complete, and the policies' only after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    ProcessTracking,
    Policies,
}

/// Creates the maps, fills them and loads all programs. Nothing is attached.
///
/// # Errors
///
/// When the kernel refuses a map or a program; nothing is left behind then.
pub fn load(
    bundle: BundleFile,
    kernel: &RunningKernel,
    options: Options,
) -> Result<Loaded, Problem> {
    let types = kernel.types().ok_or_else(|| {
        Problem::new(&code::KERNEL_TYPES, "the running kernel's BTF cannot be parsed")
    })?;
    let bytes = beside_aya::rename_sections(&bundle.bytes);
    let targets = uprobe::find(&bundle.manifest)?;
    let mut ebpf = create(&bundle, &bytes, types, options, &targets)?;
    maps::fill(&ebpf, &bundle)?;
    targets.fill(&ebpf)?;
    let (beside_aya, uprobes) = load_raw(&bundle, &bytes, &ebpf, kernel, types, &targets)?;
    for program in bundle.manifest.programs.iter().filter(|program| !is_raw(&program.attach)) {
        if ebpf.program(&program.name).is_none() {
            let message = format!("the object has no program `{}`", program.name);
            return Err(Problem::new(&code::DAMAGED_BUNDLE, message));
        }
        by_aya::load(&mut ebpf, program, types)
            .map_err(|error| load_problem(&bundle, program, &error))?;
    }
    let (links, passed_over) = (Vec::new(), targets.passed_over);
    let workloads = Entries::new();
    Ok(Loaded { bundle, ebpf, beside_aya, uprobes, links, passed_over, workloads })
}

/// Whether aya does not load such programs, at least not as they need it.
fn is_raw(attach: &Attach) -> bool {
    beside_aya::has(attach) || uprobe::user_file(attach).is_some()
}

type Raw = (BTreeMap<String, beside_aya::Program>, BTreeMap<String, uprobe::Program>);

/// Loads the programs that aya does not load.
fn load_raw(
    bundle: &BundleFile,
    bytes: &[u8],
    ebpf: &Ebpf,
    kernel: &RunningKernel,
    types: &Btf,
    targets: &uprobe::Targets,
) -> Result<Raw, Problem> {
    let (mut beside_aya, mut uprobes) = (BTreeMap::new(), BTreeMap::new());
    let manifest = &bundle.manifest;
    let raw: Vec<&Program> =
        manifest.programs.iter().filter(|program| is_raw(&program.attach)).collect();
    if raw.is_empty() {
        return Ok((beside_aya, uprobes));
    }
    let relocated = relocated::relocated(bytes, ebpf, types)?;
    for program in raw {
        if uprobe::user_file(&program.attach).is_none() {
            let loaded = beside_aya::load(&relocated, manifest, program, types)?;
            beside_aya.insert(program.name.clone(), loaded);
        } else if let Some(loaded) = targets.load(&relocated, manifest, program, kernel)? {
            uprobes.insert(program.name.clone(), loaded);
        }
    }
    Ok((beside_aya, uprobes))
}

/// Creates the maps. aya's parser panics on some damaged objects (about one in 65 that had a few
/// bytes changed at random); for a program that runs as root that is a refusal, not a crash.
fn create(
    bundle: &BundleFile,
    bytes: &[u8],
    types: &Btf,
    options: Options,
    targets: &uprobe::Targets,
) -> Result<Ebpf, Problem> {
    let mut loader = EbpfLoader::new();
    let host_namespaces = options.host_namespaces;
    loader
        .btf(Some(types))
        .override_global(globals::HOST_NAMESPACES, host_namespaces.as_slice(), false)
        .override_global(globals::RATE_SECRET, &options.rate_secret, false);
    if let Some(size) = options.ring_buffer_bytes {
        loader.map_max_entries(map_names::EVENTS, size);
    }
    if let Some(places) = targets.usdt_places() {
        loader.map_max_entries(map_names::USDT, places);
    }
    let path = bundle.path.display();
    match catch_unwind(AssertUnwindSafe(|| loader.load(bytes))) {
        Ok(Ok(ebpf)) => Ok(ebpf),
        Ok(Err(error)) => Err(object_problem(&format!("`{path}`"), &error)),
        Err(_) => {
            let message = format!("`{path}`: the object in the bundle is damaged");
            Err(Problem::new(&code::DAMAGED_BUNDLE, message))
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all else is about the object's bytes")]
fn object_problem(bundle: &str, error: &EbpfError) -> Problem {
    let code = match error {
        EbpfError::MapError(_) => &code::MAP,
        EbpfError::ProgramError(_) => &code::VERIFIER,
        _ => &code::DAMAGED_BUNDLE,
    };
    let chain = with_causes(error);
    if chain.contains("Operation not permitted") {
        return Problem::new(&code::PERMISSION, format!("{bundle}: {chain}"))
            .help("run writ-loader as root");
    }
    Problem::new(code, format!("{bundle}: {chain}"))
}

fn load_problem(bundle: &BundleFile, program: &Program, error: &ProgramError) -> Problem {
    if let ProgramError::LoadError { io_error, verifier_log } = error {
        let log = verifier_log.to_string();
        return verifier_log::explain(&bundle.manifest, program, io_error, &log);
    }
    let message =
        format!("the program `{}` cannot be loaded: {}", program.name, with_causes(error));
    Problem::new(&code::VERIFIER, message)
}

/// An error and what caused it, on one line, without what the message above says already.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

impl Loaded {
    pub fn bundle(&self) -> &BundleFile {
        &self.bundle
    }

    /// Attaches one part of the programs.
    ///
    /// # Errors
    ///
    /// When one cannot be attached. Drop the bundle then, which detaches the others.
    pub fn attach(&mut self, part: Part) -> Result<(), Problem> {
        let programs = self.bundle.manifest.programs.clone();
        for program in order::of_part(&programs, part) {
            let links = self.attach_one(program).map_err(|why| attach_problem(program, &why))?;
            self.links.extend(links);
        }
        Ok(())
    }

    /// Attaches one program. The answer are the links that aya does not keep. When a program is to
    /// be attached in several places and one refuses, it is attached in none.
    fn attach_one(&mut self, program: &Program) -> Result<Vec<Link>, String> {
        let (functions, side) = match &program.attach {
            Attach::Kprobes { functions } => (functions, Side::Entry),
            Attach::Kretprobes { functions } => (functions, Side::Return),
            Attach::Fentry { .. }
            | Attach::Fexit { .. }
            | Attach::FmodRet { .. }
            | Attach::Kprobe { .. }
            | Attach::Kretprobe { .. }
            | Attach::KprobeMulti { .. }
            | Attach::KretprobeMulti { .. }
            | Attach::Lsm { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. }
            | Attach::BtfTracepoint { .. }
            | Attach::Uprobe { .. }
            | Attach::Uretprobe { .. }
            | Attach::Usdt { .. } => {
                if uprobe::user_file(&program.attach).is_some() {
                    // One that was passed over has nothing to be attached to.
                    let loaded = self.uprobes.get(&program.name);
                    let links = loaded.map_or(Ok(Vec::new()), uprobe::Program::attach);
                    let links = links.map_err(|error| error.to_string())?;
                    return Ok(links.into_iter().map(Link::InProgram).collect());
                }
                let Some(loaded) = self.beside_aya.get(&program.name) else {
                    let attached = by_aya::attach(&mut self.ebpf, program);
                    return attached.map(|()| Vec::new()).map_err(|error| with_causes(&error));
                };
                let link = loaded.attach(&program.attach).map_err(|error| error.to_string());
                return link.map(|link| vec![Link::InKernel(link)]);
            }
        };
        let loaded = self.ebpf.program(&program.name).ok_or("it is not loaded")?;
        let descriptor = loaded.fd().map_err(|error| with_causes(&error))?;
        let links = beside_aya::attach_one_by_one(descriptor.as_fd(), functions, side)?;
        Ok(links.into_iter().map(Link::InKernel).collect())
    }

    /// What the policies allow to be missing, and is; each a sentence.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Detaches all programs. Maps stay, so that what was sent can still be read.
    pub fn detach(&mut self) {
        self.links.clear();
        self.beside_aya.clear();
        self.uprobes.clear();
        for (_, program) in self.ebpf.programs_mut() {
            by_aya::detach(program);
        }
    }

    /// Brings the running processes into the programs' map; see [`maps::put_processes`].
    ///
    /// # Errors
    ///
    /// As [`maps::put_processes`].
    pub fn put_processes(
        &self,
        all: &BTreeMap<u32, Found>,
        before: &BTreeMap<u32, Found>,
    ) -> Result<(), Problem> {
        maps::put_processes(&self.ebpf, &self.bundle, all, before)?;
        maps::remove_ended(&self.ebpf, all, proc_scan::exists);
        Ok(())
    }

    /// Writes the modes of all policies; see [`maps::put_modes`].
    ///
    /// # Errors
    ///
    /// As [`maps::put_modes`].
    pub fn put_modes(&self, modes: &[Mode]) -> Result<(), Problem> {
        maps::put_modes(&self.ebpf, modes)
    }

    /// Brings the map of workloads to hold these entries and no others.
    ///
    /// # Errors
    ///
    /// When the kernel refuses an entry, as when the map is full.
    pub fn put_workloads(&mut self, entries: Entries) -> Result<(), Problem> {
        maps::put_workloads(&self.ebpf, &self.workloads, &entries)?;
        self.workloads = entries;
        Ok(())
    }

    /// The ring buffer; once.
    ///
    /// # Errors
    ///
    /// When it cannot be mapped into memory.
    pub fn take_events(&mut self) -> Result<Option<RingBuf<MapData>>, Problem> {
        let Some(map) = self.ebpf.take_map(map_names::EVENTS) else { return Ok(None) };
        let problem = |error| Problem::new(&code::MAP, format!("the ring buffer: {error}"));
        RingBuf::try_from(map).map(Some).map_err(problem)
    }

    /// The sums of the counters over all CPUs, by [`counter`].
    pub fn counters(&self) -> [u64; counter::COUNT as usize] {
        let mut sums = [0; counter::COUNT as usize];
        let Some(map) = self.ebpf.map(map_names::COUNTERS) else { return sums };
        let Ok(array) = PerCpuArray::<_, u64>::try_from(map) else { return sums };
        for (index, sum) in (0_u32..).zip(&mut sums) {
            if let Ok(values) = array.get(&index, 0) {
                *sum = values.iter().fold(0, |sum: u64, value| sum.saturating_add(*value));
            }
        }
        sums
    }
}

fn attach_problem(program: &Program, why: &str) -> Problem {
    let place = match &program.attach {
        Attach::Fentry { function } => format!("fentry of `{function}`"),
        Attach::Fexit { function } => format!("fexit of `{function}`"),
        Attach::FmodRet { function } => format!("fmod_ret of `{function}`"),
        Attach::Kprobe { function } => format!("kprobe on `{function}`"),
        Attach::Kretprobe { function } => format!("kretprobe on `{function}`"),
        Attach::Lsm { hook, sleepable: _ } => format!("LSM hook `{hook}`"),
        Attach::Tracepoint { subsystem, event } => format!("tracepoint `{subsystem}/{event}`"),
        Attach::KprobeMulti { functions } | Attach::Kprobes { functions } => {
            format!("kprobes on {}", many(functions))
        }
        Attach::KretprobeMulti { functions } | Attach::Kretprobes { functions } => {
            format!("kretprobes on {}", many(functions))
        }
        Attach::RawTracepoint { event } => format!("raw tracepoint `{event}`"),
        Attach::BtfTracepoint { event } => format!("BTF tracepoint `{event}`"),
        Attach::Uprobe { file, places } => {
            format!("{} of `{file}`", UserPlace::list(places))
        }
        Attach::Uretprobe { file, places } => {
            format!("the return of {} of `{file}`", UserPlace::list(places))
        }
        Attach::Usdt { file, provider, name } => {
            format!("USDT probe `{provider}:{name}` of `{file}`")
        }
    };
    let message = format!("the program `{}` cannot be attached to {place}: {why}", program.name);
    Problem::new(&code::ATTACH, message)
}

fn many(functions: &[String]) -> String {
    let (first, others) = (functions.first(), functions.len().saturating_sub(1));
    format!("`{}` and {others} other functions", first.map_or("", String::as_str))
}
