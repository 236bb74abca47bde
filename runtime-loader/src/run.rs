//! `writ-loader run`: attach, report, detach.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use aya::maps::{MapData, RingBuf};

use crate::arguments::Run;
use crate::attach::{self, Loaded, Options, Part};
use crate::bundle_file::{self, BundleFile};
use crate::clock::Clock;
use crate::code::Problem;
use crate::control::{self, Control};
use crate::events::json::Node;
use crate::events::{Observer, Pods};
use crate::output::{EventWriter, Messages, node_name};
use crate::policies::Policies;
use crate::preflight::preflight;
use crate::proc_scan::{self, Found};
use crate::process_cache::{DEFAULT_CAPACITY, Key, Process, ProcessCache};
use crate::requests::{Allowed, requests};
use crate::running_kernel::{self, RunningKernel};
use crate::session::Session;
use crate::symbols::frames::{Addresses, frames};
use crate::system;
use crate::workloads::{Need, Source, Workloads};

/// Processes for which the programs have places by default, where so many can run at once.
const PROCESSES: u32 = 16_384;

/// Attaches the bundles and reports events until a signal says stop.
///
/// # Errors
///
/// When a bundle is refused or the kernel or the machine does not do its part. Nothing is attached
/// any more when this returns.
pub fn run(arguments: &Run) -> Result<(), Problem> {
    let messages = Messages { level: arguments.log_level };
    // Before anything is attached: a signal must detach, not kill.
    let signals =
        system::termination_signals().map_err(|error| Problem::of_call("signalfd", &error))?;
    let clock = system::clock().map_err(|error| Problem::of_call("clock_gettime", &error))?;
    let kernel = running_kernel::read()?;
    let bundles = accept(arguments, &kernel, messages)?;
    let mut writer = EventWriter::open(arguments, Node { name: node_name(), clock })?;
    if let Err(error) = system::lift_locked_memory_limit() {
        messages.warning(&format!("the limit of locked memory stays: {error}"));
    }
    let mut loaded = load(bundles, &kernel, arguments)?;
    for warning in loaded.iter().flat_map(Loaded::passed_over) {
        messages.warning(&format!("passed over: {warning}"));
    }
    // What describes the kernel is large, and is not needed any more.
    drop(kernel);
    let node = arguments.node_labels.iter().cloned().collect();
    let policies = Policies::of(loaded.iter().map(|one| &one.bundle().manifest), &node);
    policies.skipped().iter().for_each(|sentence| messages.warning(sentence));
    for (number, one) in loaded.iter().enumerate() {
        one.put_modes(&policies.modes(number))?;
    }
    let workloads = workloads(arguments, &mut loaded, messages)?;
    let control = control(arguments, messages)?;
    let mut rings = take_rings(&mut loaded)?;
    let cache = attach(&mut loaded, clock)?;
    let manifests: Vec<_> = loaded.iter().map(|one| one.bundle().manifest.clone()).collect();
    let allowed =
        Allowed { get_url: arguments.allow_get_url.clone(), dns: arguments.allow_dns.clone() };
    let requests = requests(&manifests, &allowed, messages);
    let lookup = move |pid| proc_scan::find(pid, clock).map(|found| found.process);
    let addresses =
        if arguments.expose_stack_addresses { Addresses::Shown } else { Addresses::Hidden };
    let observer = Observer::new(manifests, cache, Box::new(lookup))
        .with_frames(frames(addresses, messages))
        .with_requests(requests)
        .with_pods(pods(&workloads));
    messages.ready(&ready(&loaded));
    let mut session = Session::new(observer, policies, workloads, control, messages);
    session.follow(&mut loaded, &mut rings, &signals, &mut writer)
}

/// The node's containers, of which the programs are told before anything is attached.
fn workloads(
    arguments: &Run,
    loaded: &mut [Loaded],
    messages: Messages,
) -> Result<Rc<RefCell<Workloads>>, Problem> {
    let sets = || loaded.iter().flat_map(|one| &one.bundle().manifest.workload_sets);
    let need = if sets().next().is_some() { Need::Asked } else { Need::NotAsked };
    if arguments.workloads.is_none() && sets().any(|set| set.containers.is_some()) {
        messages.warning("policies are for pods, and none is known without --workloads");
    }
    let workloads = Workloads::new(Source::of(arguments.workloads.as_deref()), need)?;
    for one in loaded {
        let entries = workloads.entries(&one.bundle().manifest);
        one.put_workloads(entries)?;
    }
    Ok(Rc::new(RefCell::new(workloads)))
}

/// How events find pods.
fn pods(workloads: &Rc<RefCell<Workloads>>) -> Pods {
    let workloads = Rc::clone(workloads);
    Box::new(move |container, cgroup| {
        let workloads = workloads.borrow();
        let found = workloads.of_container(container).or_else(|| workloads.of_cgroup(cgroup))?;
        let id = if container.is_empty() { found.short_id.clone() } else { container.to_owned() };
        Some((id, Rc::clone(&found.shown)))
    })
}

/// The socket. Without it policies act as well; so only one that was asked for must be there.
fn control(arguments: &Run, messages: Messages) -> Result<Option<Control>, Problem> {
    let path = arguments.socket.as_deref().unwrap_or(Path::new(control::DEFAULT_PATH));
    match Control::listen(path) {
        Ok(control) => Ok(Some(control)),
        Err(problem) if arguments.socket.is_some() => Err(problem),
        Err(problem) => {
            messages.warning(&format!("policies cannot be switched: {}", problem.message));
            Ok(None)
        }
    }
}

/// Reads the bundles, chooses and checks; nothing is loaded.
fn accept(
    arguments: &Run,
    kernel: &RunningKernel,
    messages: Messages,
) -> Result<Vec<BundleFile>, Problem> {
    let bundles: Result<Vec<_>, _> =
        arguments.bundles.iter().map(|path| bundle_file::read(path)).collect();
    let chosen = bundle_file::choose(bundles?, kernel)?;
    for bundle in &chosen {
        let report = preflight(bundle, kernel);
        report.verdict()?;
        report.warnings().for_each(|warning| messages.warning(&warning));
    }
    Ok(chosen)
}

fn load(
    bundles: Vec<BundleFile>,
    kernel: &RunningKernel,
    arguments: &Run,
) -> Result<Vec<Loaded>, Problem> {
    let ring_buffer_bytes = arguments.ring_buffer_size;
    let processes = arguments.processes.unwrap_or_else(|| kernel.processes_max.min(PROCESSES));
    let host_namespaces = proc_scan::host_namespaces();
    let rate_secret = system::random().map_err(|error| Problem::of_call("getrandom", &error))?;
    let options = Options { ring_buffer_bytes, processes, host_namespaces, rate_secret };
    bundles.into_iter().map(|bundle| attach::load(bundle, kernel, options)).collect()
}

/// The ring buffers of those bundles that have one, with the bundle's number.
fn take_rings(loaded: &mut [Loaded]) -> Result<Vec<(usize, RingBuf<MapData>)>, Problem> {
    let mut rings = Vec::new();
    for (number, one) in loaded.iter_mut().enumerate() {
        rings.extend(one.take_events()?.map(|ring| (number, ring)));
    }
    Ok(rings)
}

/// Attaches everything and learns the processes that run. No policy is attached before all
/// processes are known: a policy that exempts a program would not recognise it.
fn attach(loaded: &mut [Loaded], clock: Clock) -> Result<ProcessCache, Problem> {
    let before = proc_scan::scan(clock);
    put_processes(loaded, &before, &BTreeMap::new())?;
    attach_part(loaded, Part::ProcessTracking)?;
    let after = proc_scan::scan(clock);
    put_processes(loaded, &after, &before)?;
    attach_part(loaded, Part::Policies)?;
    let now = system::monotonic_now().map_err(|error| Problem::of_call("clock_gettime", &error))?;
    Ok(known_processes(before, after, now))
}

/// What both scans found. What only the first did has ended by `now`, and its exit may be in the
/// ring buffer.
fn known_processes(
    before: BTreeMap<u32, Found>,
    after: BTreeMap<u32, Found>,
    now: u64,
) -> ProcessCache {
    let mut cache = ProcessCache::new(DEFAULT_CAPACITY);
    let processes = |scan: BTreeMap<u32, Found>| scan.into_values().map(|found| found.process);
    let before: Vec<Process> = processes(before).collect();
    let after: Vec<Process> = processes(after).collect();
    let lives: BTreeSet<Key> = after.iter().map(|process| process.key).collect();
    let ended: Vec<Process> =
        before.into_iter().filter(|process| !lives.contains(&process.key)).collect();
    let keys: Vec<Key> = ended.iter().map(|process| process.key).collect();
    cache.insert_running(ended.into_iter().chain(after).collect());
    for key in keys {
        cache.exit(key, now);
    }
    cache
}

fn put_processes(
    loaded: &[Loaded],
    all: &BTreeMap<u32, Found>,
    before: &BTreeMap<u32, Found>,
) -> Result<(), Problem> {
    loaded.iter().try_for_each(|one| one.put_processes(all, before))
}

fn attach_part(loaded: &mut [Loaded], part: Part) -> Result<(), Problem> {
    loaded.iter_mut().try_for_each(|one| one.attach(part))
}

fn ready(loaded: &[Loaded]) -> String {
    let count = |number: fn(&Loaded) -> usize| loaded.iter().map(number).sum::<usize>();
    let policies = count(|one| one.bundle().manifest.policies.len());
    let programs = count(|one| one.bundle().manifest.programs.len());
    format!("ready: {policies} policies, {programs} programs attached")
}
