//! From the records of the programs to events as Tetragon reports them.
//!
//! [`Observer`] takes records, remembers processes and open calls, and gives [`Event`]s; [`json`]
//! and [`compact`] print them.

use std::collections::BTreeMap;
use std::rc::Rc;

use writ_bundle::record::{Item, Record, RecordError, flag, header, kind};
use writ_bundle::{Hook, Manifest, Request};

use pieces::Pieces;

use crate::build_id;
use crate::process_cache::{Key, Process, ProcessCache, Shown};
use crate::workloads::ShownPod;

pub mod argument;
mod bpf_table;
pub mod compact;
mod digest;
mod exec;
mod hook;
pub mod json;
mod merge;
mod pieces;
pub mod signal_table;
mod stack;

pub(crate) use exec::join_arguments;
pub use hook::{Action, Call, Labelled, Origin};
pub use stack::{Frame, Frames, Space, Stacks};

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Nanoseconds since boot (`CLOCK_MONOTONIC`).
    pub time: u64,
    pub process: Shown,
    /// The thread that caused it.
    pub thread: u32,
    pub parent: Option<Shown>,
    pub body: Body,
}

/// What an event reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `process_exec`.
    Exec,
    /// `process_exit`.
    Exit {
        /// The signal that ended it; 0 when none did.
        signal: u8,
        /// What it passed to `exit`.
        status: u8,
    },
    /// `process_kprobe`, `process_lsm` or `process_tracepoint`.
    Hook(Box<Call>),
}

/// Why a record gave no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("a record is of the unknown kind {0}")]
    Kind(u8),
    #[error("a record names the hook {0}, which its bundle does not have")]
    Hook(u32),
    #[error("a record comes from the bundle {0}, which is not loaded")]
    Bundle(usize),
}

/// Finds out about a process that no record has told of, from its PID.
pub type Lookup = Box<dyn FnMut(u32) -> Option<Process>>;

/// Carries out what a selector asks of the loader.
pub type Requests = Box<dyn FnMut(&Request)>;

/// Finds the pod of a process from the first characters of its container's id and from its cgroup;
/// the former are part of the answer, since the cgroup may not tell them.
pub type Pods = Box<dyn Fn(&str, u64) -> Option<(String, Rc<ShownPod>)>>;

/// Turns records into events.
pub struct Observer {
    bundles: Vec<Manifest>,
    processes: ProcessCache,
    open_calls: merge::OpenCalls,
    pieces: Pieces,
    lookup: Lookup,
    frames: Frames,
    requests: Requests,
    pods: Pods,
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Observer")
            .field("processes", &self.processes.len())
            .finish_non_exhaustive()
    }
}

impl Observer {
    /// An observer of these bundles, which knows the processes of `processes`.
    ///
    /// When several bundles are loaded, each follows processes on its own; only the first one's
    /// records of processes count, so that an `execve` is reported once.
    pub fn new(bundles: Vec<Manifest>, processes: ProcessCache, lookup: Lookup) -> Self {
        Self {
            bundles,
            processes,
            open_calls: merge::OpenCalls::default(),
            pieces: Pieces::default(),
            lookup,
            frames: stack::unknown(),
            requests: Box::new(|_| {}),
            pods: Box::new(|_, _| None),
        }
    }

    /// The same, with pods of which `pods` knows.
    #[must_use]
    pub fn with_pods(self, pods: Pods) -> Self {
        let mut observer = Self { pods, ..self };
        observer.find_pods();
        observer
    }

    /// Looks for the pods of processes again, since others may be known now.
    pub fn find_pods(&mut self) {
        let pods = &self.pods;
        self.processes.find_pods(|container| pods(container, 0).map(|(_, pod)| pod));
    }

    /// Which policy of its bundle a record of a hook belongs to.
    pub fn policy(&self, bundle: usize, bytes: &[u8]) -> Option<u32> {
        let record = Record::parse(bytes).ok().filter(|one| one.u8(header::KIND) == kind::HOOK)?;
        let hooks = &self.bundles.get(bundle)?.hooks;
        hooks.get(usize::from(record.u16(header::HOOK))).map(|hook| hook.policy)
    }

    /// The same, with stack traces whose frames `frames` names.
    #[must_use]
    pub fn with_frames(self, frames: Frames) -> Self {
        Self { frames, ..self }
    }

    /// The same, with `requests` carrying out what selectors ask of the loader.
    #[must_use]
    pub fn with_requests(self, requests: Requests) -> Self {
        Self { requests, ..self }
    }

    /// Takes one record of the `bundle`th bundle and appends the events that it completes.
    ///
    /// # Errors
    ///
    /// When the bytes are no record or don't fit the bundle; nothing is changed then.
    pub fn observe(
        &mut self,
        bundle: usize,
        bytes: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), ObserveError> {
        let record = Record::parse(bytes)?;
        match record.u8(header::KIND) {
            kind::HOOK => self.hook(bundle, &record, events)?,
            kind::EXEC if bundle == 0 => self.exec(bundle, &record, events),
            kind::FORK if bundle == 0 => self.fork(&record),
            kind::EXIT if bundle == 0 => self.exit(&record, events),
            kind::EXIT => self.open_calls.close_thread_group(bundle, key(&record).pid, events),
            kind::EXEC | kind::FORK => {}
            kind::DATA => self.pieces.add(bundle, &record),
            other => return Err(ObserveError::Kind(other)),
        }
        Ok(())
    }

    /// Gives the events of calls that have not returned. Call it at the end.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        self.open_calls.close_all(events);
    }

    fn hook(
        &mut self,
        bundle: usize,
        record: &Record<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), ObserveError> {
        let manifest = self.bundles.get(bundle).ok_or(ObserveError::Bundle(bundle))?;
        let index = record.u16(header::HOOK);
        let hook = manifest.hooks.get(usize::from(index));
        let hook = hook.ok_or(ObserveError::Hook(index.into()))?;
        requested(hook, record).iter().for_each(&mut self.requests);
        let stacks = Stacks::of(record, &mut self.frames);
        if merge::completes(record) {
            self.open_calls.complete(bundle, hook, record, stacks, events);
            return Ok(());
        }
        let rest = |item: &Item<'_>| self.pieces.rest(bundle, record, item).to_vec();
        let mut call = hook::call(manifest, hook, record, stacks, &rest)?;
        if !describe_mapping(&mut call, record.u32(header::PID)) {
            return Ok(());
        }
        let event = self.event(record, Body::Hook(Box::new(call)));
        self.open_calls.open(bundle, record, event, events);
        Ok(())
    }

    fn exec(&mut self, bundle: usize, record: &Record<'_>, events: &mut Vec<Event>) {
        let rest = |item: &Item<'_>| self.pieces.rest(bundle, record, item).to_vec();
        let mut process = exec::process(record, &rest);
        if let Some(program) = &mut process.program
            && let Some((container, pod)) =
                (self.pods)(&program.container, record.u64(header::CGROUP))
        {
            (program.container, program.pod) = (container, Some(pod));
        }
        // The programs may not know when the parent started.
        process.parent = self.known(process.parent).process.key;
        let process = self.processes.execute(process);
        let parent = self.shown(process.process.parent);
        let time = record.u64(header::TIME);
        let thread = process.process.key.pid;
        events.push(Event { time, thread, process, parent, body: Body::Exec });
    }

    fn fork(&mut self, record: &Record<'_>) {
        let parent =
            Key { pid: record.u32(header::HOOK), start: record.u64(header::PROCESS_START) };
        let child =
            Key { pid: record.u32(header::PID), start: record.u64(header::ACTION_ARGUMENT) };
        let parent = self.known(parent).process.key;
        self.processes.fork(child, parent);
    }

    fn exit(&mut self, record: &Record<'_>, events: &mut Vec<Event>) {
        let key = key(record);
        self.open_calls.close_thread_group(0, key.pid, events);
        let process = self.known(key).process;
        self.processes.exit(process.key, record.u64(header::TIME));
        let [low, status, ..] = record.u64(header::ACTION_ARGUMENT).to_le_bytes();
        events.push(self.event(record, Body::Exit { signal: low & 0x7f, status }));
    }

    fn event(&mut self, record: &Record<'_>, body: Body) -> Event {
        let process = self.known(key(record));
        let parent = self.shown(process.process.parent);
        let (time, thread) = (record.u64(header::TIME), record.u32(header::TID));
        Event { time, process, thread, parent, body }
    }

    /// The process with this key; if need be, what `/proc` says about it.
    fn known(&mut self, key: Key) -> Shown {
        if let Some(shown) = self.processes.find(key) {
            return shown;
        }
        match (self.lookup)(key.pid) {
            // What runs there now may be what ran there then. Its key is the record's, when that
            // has one, so that later records find it.
            Some(mut process) => {
                if let Some(program) = &mut process.program {
                    program.pod = (self.pods)(&program.container, 0).map(|(_, pod)| pod);
                }
                if key.start != 0 {
                    process.key = key;
                }
                self.processes.reference(process.parent);
                self.processes.insert(process)
            }
            None => Shown { process: Process::unknown(key).into(), references: 0 },
        }
    }

    fn shown(&self, key: Key) -> Option<Shown> {
        self.processes.find(key)
    }
}

/// What the selector that matched asks of the loader.
fn requested<'a>(hook: &'a Hook, record: &Record<'_>) -> &'a [Request] {
    let selector = hook.selectors.get(usize::from(record.u16(header::SELECTOR)));
    let flags = record.u8(header::FLAGS);
    match selector {
        Some(_) if flags & flag::CANCELLED != 0 => &[],
        Some(selector) if flags & flag::IS_RETURN != 0 => &selector.return_requests,
        Some(selector) => &selector.requests,
        None => &[],
    }
}

fn key(record: &Record<'_>) -> Key {
    Key { pid: record.u32(header::PID), start: record.u64(header::PROCESS_START) }
}

/// How often each reason for a refused record occurred, so that a broken program cannot fill a log.
#[derive(Debug, Default)]
pub struct Refused(BTreeMap<String, u64>);

impl Refused {
    /// Counts one; true when it is the first of its reason. After 16 reasons all are one.
    pub fn count(&mut self, error: &ObserveError) -> bool {
        let reason = if self.0.len() < 16 { error.to_string() } else { "others".to_owned() };
        let times = self.0.entry(reason).or_default();
        *times = times.saturating_add(1);
        *times == 1
    }
}

#[cfg(test)]
mod test_records;
#[cfg(test)]
mod tests;

/// Adds what a mapped file says of itself. False when no file is mapped: memory without one is
/// executed as well, and is no event.
fn describe_mapping(call: &mut hook::Call, pid: u32) -> bool {
    if !matches!(call.origin, hook::Origin::Loader { .. }) {
        return true;
    }
    let Some(path) = call.path() else { return false };
    call.origin = hook::Origin::Loader { build_id: build_id::of_file(pid, path) };
    true
}
