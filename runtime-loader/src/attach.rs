//! Loads and attaches a bundle's programs, all or none.

use std::collections::BTreeMap;

use aya::maps::{MapData, PerCpuArray, RingBuf};
use writ_bundle::record::counter;
use writ_bundle::{Attach, Mode, Program, UserPlace, globals, maps as map_names};

use crate::bundle_file::BundleFile;
use crate::code::{self, Problem};
use crate::maps::{self, Maps};
use crate::proc_scan::{self, Found};
use crate::running_kernel::RunningKernel;
use crate::workloads::Entries;

mod in_kernel;
mod object;
mod order;
mod section_names;
mod uprobe;

use object::{Prepared, Settings};
#[cfg(test)]
pub(crate) use section_names::rename_sections;

/// A bundle whose programs are loaded. Dropping it detaches them and frees its maps.
pub struct Loaded {
    bundle: BundleFile,
    maps: Maps,
    /// Programs in the kernel, by name.
    in_kernel: BTreeMap<String, in_kernel::Program>,
    /// Programs in user space, by name.
    uprobes: BTreeMap<String, uprobe::Program>,
    links: Vec<Link>,
    passed_over: Vec<String>,
    /// What was written into the map of workloads.
    workloads: Entries,
}

/// What keeps a program attached.
#[derive(Debug)]
#[expect(dead_code, reason = "links are held, not read")]
enum Link {
    InKernel(in_kernel::Link),
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
    /// Places in the maps that hold an entry for each process.
    pub processes: u32,
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
    mut bundle: BundleFile,
    kernel: &RunningKernel,
    options: Options,
) -> Result<Loaded, Problem> {
    let bytes = section_names::rename_sections(&bundle.bytes);
    let targets = uprobe::find(&bundle.manifest)?;
    targets.tell_offsets(&mut bundle.manifest);
    let (prepared, maps) = prepare(&bundle, &bytes, kernel, options, &targets)?;
    maps::fill(&maps, &bundle)?;
    targets.fill(&maps)?;
    let (mut in_kernel, mut uprobes) = (BTreeMap::new(), BTreeMap::new());
    for program in &bundle.manifest.programs {
        let name = program.name.clone();
        if uprobe::probe(&program.attach).is_none() {
            in_kernel.insert(name, in_kernel::load(&prepared, &bundle.manifest, program, kernel)?);
        } else if let Some(one) = targets.load(&prepared, &bundle.manifest, program, kernel)? {
            uprobes.insert(name, one);
        }
    }
    let (links, passed_over) = (Vec::new(), targets.passed_over);
    let workloads = Entries::new();
    Ok(Loaded { bundle, maps, in_kernel, uprobes, links, passed_over, workloads })
}

fn prepare(
    bundle: &BundleFile,
    bytes: &[u8],
    kernel: &RunningKernel,
    options: Options,
    targets: &uprobe::Targets,
) -> Result<(Prepared, Maps), Problem> {
    let namespaces: Vec<u8> =
        options.host_namespaces.iter().flat_map(|inode| inode.to_le_bytes()).collect();
    let secret = options.rate_secret.to_le_bytes();
    let mut settings = Settings::default();
    settings.constants.insert(globals::HOST_NAMESPACES, &namespaces);
    settings.constants.insert(globals::RATE_SECRET, &secret);
    settings.entries.extend(options.ring_buffer_bytes.map(|bytes| (map_names::EVENTS, bytes)));
    settings.entries.extend(maps::OF_PROCESSES.map(|map| (map, options.processes)));
    settings.entries.extend(targets.usdt_places().map(|places| (map_names::USDT, places)));
    object::prepare(bytes, kernel, &settings).map_err(|problem| Problem {
        message: format!("`{}`: {}", bundle.path.display(), problem.message),
        ..problem
    })
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

    /// Attaches one program. When it is to be attached in several places and one refuses, it is
    /// attached in none.
    fn attach_one(&mut self, program: &Program) -> Result<Vec<Link>, String> {
        if uprobe::probe(&program.attach).is_some() {
            // One that was passed over has nothing to be attached to.
            let loaded = self.uprobes.get(&program.name);
            let links = loaded.map_or(Ok(Vec::new()), uprobe::Program::attach);
            let links = links.map_err(|error| error.to_string())?;
            return Ok(links.into_iter().map(Link::InProgram).collect());
        }
        let loaded = self.in_kernel.get(&program.name).ok_or("it is not loaded")?;
        let links = loaded.attach(&program.attach)?;
        Ok(links.into_iter().map(Link::InKernel).collect())
    }

    /// What the policies allow to be missing, and is; each a sentence.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Detaches all programs. Maps stay, so that what was sent can still be read.
    pub fn detach(&mut self) {
        self.links.clear();
        self.in_kernel.clear();
        self.uprobes.clear();
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
        maps::put_processes(&self.maps, &self.bundle, all, before)?;
        maps::remove_ended(&self.maps, all, proc_scan::exists);
        Ok(())
    }

    /// Writes the modes of all policies; see [`maps::put_modes`].
    ///
    /// # Errors
    ///
    /// As [`maps::put_modes`].
    pub fn put_modes(&self, modes: &[Mode]) -> Result<(), Problem> {
        maps::put_modes(&self.maps, modes)
    }

    /// Brings the map of workloads to hold these entries and no others.
    ///
    /// # Errors
    ///
    /// When the kernel refuses an entry, as when the map is full.
    pub fn put_workloads(&mut self, entries: Entries) -> Result<(), Problem> {
        maps::put_workloads(&self.maps, &self.workloads, &entries)?;
        self.workloads = entries;
        Ok(())
    }

    /// The ring buffer; once.
    ///
    /// # Errors
    ///
    /// When it cannot be mapped into memory.
    pub fn take_events(&mut self) -> Result<Option<RingBuf<MapData>>, Problem> {
        let Some(map) = self.maps.remove(map_names::EVENTS) else { return Ok(None) };
        let problem = |error| Problem::new(&code::MAP, format!("the ring buffer: {error}"));
        RingBuf::try_from(map).map(Some).map_err(problem)
    }

    /// The sums of the counters over all CPUs, by [`counter`].
    pub fn counters(&self) -> [u64; counter::COUNT as usize] {
        let mut sums = [0; counter::COUNT as usize];
        let Some(map) = self.maps.get(map_names::COUNTERS) else { return sums };
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
        Attach::Uprobe { file, places, .. } => {
            format!("{} of `{file}`", UserPlace::list(places))
        }
        Attach::Uretprobe { file, places, .. } => {
            format!("the return of {} of `{file}`", UserPlace::list(places))
        }
        Attach::Usdt { file, provider, name, .. } => {
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
