//! `writ-loader run`: attach, report, detach.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use aya::maps::{MapData, RingBuf};
use writ_bundle::record::counter;

use crate::arguments::Run;
use crate::attach::{self, Loaded, Options, Part};
use crate::bundle_file::{self, BundleFile};
use crate::clock::Clock;
use crate::code::{self, Problem};
use crate::events::json::Node;
use crate::events::{Event, Observer, Refused};
use crate::output::{EventWriter, Messages, node_name};
use crate::preflight::preflight;
use crate::proc_scan::{self, Found};
use crate::process_cache::{DEFAULT_CAPACITY, Key, Process, ProcessCache};
use crate::running_kernel::{self, RunningKernel};
use crate::system;

/// How often lost events are looked for, and so how late they are reported.
const COUNT_MILLISECONDS: u16 = 1_000;

/// Records taken from one ring buffer before the others have their turn and the output is flushed.
const RECORDS_AT_ONCE: usize = 4_096;

/// Attaches the bundles and reports events until a signal says stop.
///
/// # Errors
///
/// When a bundle is refused or the kernel or the machine does not do its part. Nothing is attached
/// any more when this returns.
pub fn run(arguments: &Run) -> Result<(), Problem> {
    let messages = Messages { level: arguments.log_level };
    // Before anything is attached: a signal must detach, not kill.
    let signals = system::termination_signals().map_err(|error| call_failed("signalfd", &error))?;
    let clock = system::clock().map_err(|error| call_failed("clock_gettime", &error))?;
    let kernel = running_kernel::read()?;
    let bundles = accept(arguments, &kernel, messages)?;
    let mut writer = EventWriter::open(arguments, Node { name: node_name(), clock })?;
    if let Err(error) = system::lift_locked_memory_limit() {
        messages.warning(&format!("the limit of locked memory stays: {error}"));
    }
    let mut loaded = load(bundles, &kernel, arguments.ring_buffer_size)?;
    // What describes the kernel is large, and is not needed any more.
    drop(kernel);
    let mut rings = take_rings(&mut loaded)?;
    let cache = attach(&mut loaded, clock)?;
    let manifests = loaded.iter().map(|one| one.bundle().manifest.clone()).collect();
    let lookup = move |pid| proc_scan::find(pid, clock).map(|found| found.process);
    let observer = Observer::new(manifests, cache, Box::new(lookup));
    messages.info(&ready(&loaded));
    let mut session = Session {
        observer,
        refused: Refused::default(),
        counted: vec![[0; counter::COUNT as usize]; loaded.len()],
        messages,
    };
    session.follow(&mut loaded, &mut rings, &signals, &mut writer)
}

fn call_failed(call: &str, error: &io::Error) -> Problem {
    Problem::new(&code::SYSTEM_CALL, format!("{call}: {error}"))
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
    ring_buffer_bytes: Option<u32>,
) -> Result<Vec<Loaded>, Problem> {
    let host_namespaces = proc_scan::host_namespaces();
    let options = Options { ring_buffer_bytes, host_namespaces };
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
    let now = system::monotonic_now().map_err(|error| call_failed("clock_gettime", &error))?;
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

/// What is remembered between two looks at the ring buffers.
struct Session {
    observer: Observer,
    refused: Refused,
    /// Counters as they were reported last, for each bundle.
    counted: Vec<[u64; counter::COUNT as usize]>,
    messages: Messages,
}

impl Session {
    fn follow(
        &mut self,
        loaded: &mut [Loaded],
        rings: &mut [(usize, RingBuf<MapData>)],
        signals: &OwnedFd,
        writer: &mut EventWriter,
    ) -> Result<(), Problem> {
        loop {
            let stop = wait(signals, rings).map_err(|error| call_failed("poll", &error))?;
            if stop {
                // Nothing is sent any more, so that draining ends.
                loaded.iter_mut().for_each(Loaded::detach);
            }
            let mut events = Vec::new();
            let more = self.take(rings, &mut events);
            let done = stop && !more;
            if done {
                self.observer.finish(&mut events);
            }
            if rings.len() > 1 {
                // Each ring buffer is in order; a reader expects the whole to be.
                events.sort_by_key(|event| event.time);
            }
            self.write(writer, &events)?;
            self.count(loaded);
            if done {
                return Ok(());
            }
        }
    }

    /// Writes events. When nobody reads them any more the loader ends; when the disk is full it
    /// goes on, since what it enforces must not depend on that.
    fn write(&mut self, writer: &mut EventWriter, events: &[Event]) -> Result<(), Problem> {
        let Err(error) = writer.write(events) else { return Ok(()) };
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Err(Problem::new(&code::FILE, format!("nobody reads the events: {error}")));
        }
        let number = events.len();
        self.messages.warning(&format!("up to {number} events could not be written: {error}"));
        Ok(())
    }

    /// Takes what is in the ring buffers; true when there may be more.
    fn take(&mut self, rings: &mut [(usize, RingBuf<MapData>)], events: &mut Vec<Event>) -> bool {
        let mut more = false;
        for (bundle, ring) in rings {
            let mut taken = 0;
            while taken < RECORDS_AT_ONCE {
                let Some(record) = ring.next() else { break };
                taken += 1;
                if let Err(error) = self.observer.observe(*bundle, &record, events)
                    && self.refused.count(&error)
                {
                    self.messages.warning(&format!("a record is not understood: {error}"));
                }
            }
            more |= taken == RECORDS_AT_ONCE;
        }
        more
    }

    /// Says what was lost since it was said last.
    fn count(&mut self, loaded: &[Loaded]) {
        const WHAT: [(u32, &str); 3] = [
            (counter::LOST, "events were lost: the ring buffer was full (see --ring-buffer-size)"),
            (counter::BUSY, "hook hits were not evaluated: no scratch area was free"),
            (counter::UNTRACKED, "processes are not followed: the process map is full"),
        ];
        for (one, counted) in loaded.iter().zip(&mut self.counted) {
            let now = one.counters();
            for (index, what) in WHAT {
                let value = |list: &[u64]| list.get(index as usize).copied().unwrap_or(0);
                let grown = value(&now).saturating_sub(value(counted.as_slice()));
                if grown > 0 {
                    let path = one.bundle().path.display();
                    self.messages.warning(&format!("`{path}`: {grown} {what}"));
                }
            }
            *counted = now;
        }
    }
}

/// Waits for records or a signal; true when a signal came.
fn wait(signals: &OwnedFd, rings: &[(usize, RingBuf<MapData>)]) -> io::Result<bool> {
    let mut descriptors: Vec<BorrowedFd<'_>> = vec![signals.as_fd()];
    descriptors.extend(rings.iter().map(|(_, ring)| ring.as_fd()));
    let readable = system::wait_readable(&descriptors, COUNT_MILLISECONDS)?;
    Ok(readable.first().copied().unwrap_or(false))
}
