//! What is known about the processes that events name.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::workloads::ShownPod;

/// Names a process for as long as it runs one program. An `execve` gives it a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Thread group id in the host's PID namespace.
    pub pid: u32,
    /// Nanoseconds since boot of its fork or its last `execve`.
    pub start: u64,
}

impl Key {
    /// The kernel itself, parent of PID 1, as Tetragon counts it (`procKernel`).
    pub const KERNEL: Self = Self { pid: 0, start: 1 };
}

/// How a process came to be known: `pkg/reader/exec/exec.go` of Tetragon, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    Execve,
    ProcFs,
    TruncatedArguments,
    FilenameUnreadable,
    ArgumentsUnreadable,
    RootDirectory,
    DirectoryUnreadable,
    Clone,
    DirectoryTruncated,
    LongFilename,
    LongArguments,
}

impl Flag {
    /// The word in `process.flags`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Execve => "execve",
            Self::ProcFs => "procFS",
            Self::TruncatedArguments => "truncArgs",
            Self::FilenameUnreadable => "errorFilename",
            Self::ArgumentsUnreadable => "errorArgs",
            Self::RootDirectory => "rootcwd",
            Self::DirectoryUnreadable => "errorCWD",
            Self::Clone => "clone",
            Self::DirectoryTruncated => "errorPathResolutionCwd",
            Self::LongFilename => "dataFilename",
            Self::LongArguments => "dataArgs",
        }
    }
}

/// One process while it runs one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub key: Key,
    pub parent: Key,
    /// Absent when all that is known is the key.
    pub program: Option<Program>,
    /// Ordered, without repetition.
    pub flags: Vec<Flag>,
}

/// What a process executes and as whom; a fork has its parent's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    /// The file name as given to `execve`, made absolute; symbolic links are kept.
    pub binary: String,
    /// `argv[1..]`, joined by spaces; one that holds a space is in double quotes.
    pub arguments: String,
    /// The working directory.
    pub directory: String,
    /// Effective user id.
    pub user: u32,
    /// Login user id; `u32::MAX` when unset.
    pub audit_user: u32,
    /// The first 31 characters of the container's id, or nothing.
    pub container: String,
    /// The pod that it runs in, when the loader knows it.
    pub pod: Option<Rc<ShownPod>>,
}

impl Process {
    /// A process of which nothing is known but its key.
    pub fn unknown(key: Key) -> Self {
        Self { key, parent: Key::KERNEL, program: None, flags: Vec::new() }
    }

    /// The kernel, as Tetragon shows it.
    pub fn kernel() -> Self {
        let program = Program { binary: "<kernel>".to_owned(), ..Program::default() };
        let flags = vec![Flag::ProcFs];
        Self { key: Key::KERNEL, parent: Key::KERNEL, program: Some(program), flags }
    }

    /// Whether it was forked and has not executed a program since.
    fn is_clone(&self) -> bool {
        self.flags == [Flag::Clone]
    }
}

/// A process as an event shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub process: Rc<Process>,
    /// Tetragon's `refcnt`: 1 while it runs, and 1 for each child that runs.
    pub references: u32,
}

/// The processes that run or ended a short while ago. Its size is bounded.
#[derive(Debug)]
pub struct ProcessCache {
    entries: BTreeMap<Key, Entry>,
    /// Keys of ended processes in the order in which they ended.
    ended: VecDeque<(u64, Key)>,
    capacity: usize,
}

#[derive(Debug)]
struct Entry {
    process: Rc<Process>,
    references: u32,
    ended: bool,
}

/// Processes kept by default, as Tetragon's `--process-cache-size`.
pub const DEFAULT_CAPACITY: usize = 65_536;

/// How long an ended process is kept for events that come late.
const KEEP_ENDED_NANOSECONDS: u64 = 30_000_000_000;

/// How far apart two bundles' timestamps of one `execve` may lie.
const SAME_START_NANOSECONDS: u64 = 50_000_000;

impl ProcessCache {
    /// An empty cache that knows only the kernel.
    pub fn new(capacity: usize) -> Self {
        let mut cache = Self { entries: BTreeMap::new(), ended: VecDeque::new(), capacity };
        cache.insert(Process::kernel());
        cache
    }

    /// Adds processes that were found running, in any order; each counts for its parent.
    pub fn insert_running(&mut self, processes: Vec<Process>) {
        let parents: Vec<Key> = processes.iter().map(|process| process.parent).collect();
        for process in processes {
            self.insert(process);
        }
        for parent in parents {
            self.reference(parent);
        }
    }

    /// Adds a process that is no child of another that is known.
    pub fn insert(&mut self, process: Process) -> Shown {
        self.make_room();
        let process = Rc::new(process);
        let entry = Entry { process: Rc::clone(&process), references: 1, ended: false };
        self.entries.insert(process.key, entry);
        Shown { process, references: 1 }
    }

    /// Adds a process that executed a program. Its parent is what forked it or, when it had
    /// executed a program before, what it was then; so does Tetragon (`execve_map` in
    /// `bpf_execve_event.c`).
    pub fn execute(&mut self, mut process: Process) -> Shown {
        if let Some(before) = self.latest(process.key.pid, process.key.start) {
            if before.is_clone() {
                // The parent counts this child since the fork.
                process.flags.push(Flag::Clone);
                process.flags.sort_unstable();
                process.parent = before.parent;
            } else {
                process.parent = before.key;
                self.reference(before.key);
            }
            self.end(before.key, process.key.start);
        } else {
            self.reference(process.parent);
        }
        self.insert(process)
    }

    /// Adds the child of a fork. It runs its parent's program.
    pub fn fork(&mut self, child: Key, parent: Key) {
        let parent =
            self.find(parent).map_or_else(|| Rc::new(Process::unknown(parent)), |p| p.process);
        self.reference(parent.key);
        let program = parent.program.clone();
        self.insert(Process { key: child, parent: parent.key, program, flags: vec![Flag::Clone] });
    }

    /// Asks `pod` for the pod of each process that is in a container and of which it is not known.
    pub fn find_pods(&mut self, pod: impl Fn(&str) -> Option<Rc<ShownPod>>) {
        for entry in self.entries.values_mut() {
            let program = entry.process.program.as_ref();
            let Some(one) = program.filter(|one| one.pod.is_none() && !one.container.is_empty())
            else {
                continue;
            };
            let Some(found) = pod(&one.container) else { continue };
            if let Some(program) = &mut Rc::make_mut(&mut entry.process).program {
                program.pod = Some(found);
            }
        }
    }

    /// Notes that a process ended at `time`; it can still be found for a while.
    pub fn exit(&mut self, key: Key, time: u64) {
        let Some(parent) = self.end(key, time) else { return };
        self.release(parent);
        self.forget_old(time);
    }

    /// The process with this key, or the closest to it: an event of a process that the programs
    /// don't know has start 0, and another bundle's programs read the clock a little later.
    pub fn find(&self, key: Key) -> Option<Shown> {
        let entry = match self.entries.get(&key) {
            Some(entry) => entry,
            None if key.start == 0 => self.of_pid(key.pid, u64::MAX).next_back()?,
            None => self.near(key)?,
        };
        Some(Shown { process: Rc::clone(&entry.process), references: entry.references })
    }

    /// How many processes are known, the ended ones too.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is known; not even the kernel.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn near(&self, key: Key) -> Option<&Entry> {
        let distance = |entry: &&Entry| entry.process.key.start.abs_diff(key.start);
        let nearest = self.of_pid(key.pid, u64::MAX).min_by_key(distance)?;
        (distance(&nearest) <= SAME_START_NANOSECONDS).then_some(nearest)
    }

    fn of_pid(&self, pid: u32, until: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries
            .range(Key { pid, start: 0 }..=Key { pid, start: until })
            .map(|(_, entry)| entry)
    }

    /// The process that has this PID at `time`.
    fn latest(&self, pid: u32, time: u64) -> Option<Rc<Process>> {
        let entry = self.of_pid(pid, time).next_back().filter(|entry| !entry.ended)?;
        Some(Rc::clone(&entry.process))
    }

    /// Counts one more running child for a process.
    pub fn reference(&mut self, key: Key) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.references = entry.references.saturating_add(1);
        }
    }

    /// Takes back one reference; what a process was before an `execve` lives only by references.
    fn release(&mut self, mut key: Key) {
        while let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.references > 0) {
            entry.references -= 1;
            if !entry.ended || entry.references > 0 {
                return;
            }
            key = entry.process.parent;
        }
    }

    /// Marks an entry as ended and says who its parent is, the first time.
    fn end(&mut self, key: Key, time: u64) -> Option<Key> {
        let entry = self.entries.get_mut(&key).filter(|entry| !entry.ended)?;
        entry.ended = true;
        entry.references = entry.references.saturating_sub(1);
        self.ended.push_back((time, key));
        Some(entry.process.parent)
    }

    fn forget_old(&mut self, now: u64) {
        while let Some((time, key)) = self.ended.front().copied() {
            if now.saturating_sub(time) < KEEP_ENDED_NANOSECONDS {
                return;
            }
            self.ended.pop_front();
            self.entries.remove(&key);
        }
    }

    /// Drops the process that ended first, else an eighth of those that began first: their events
    /// are reported with the PID alone, or with what `/proc` still says.
    fn make_room(&mut self) {
        if self.entries.len() < self.capacity {
            return;
        }
        if let Some((_, key)) = self.ended.pop_front() {
            self.entries.remove(&key);
            return;
        }
        let mut oldest: Vec<Key> =
            self.entries.keys().copied().filter(|key| *key != Key::KERNEL).collect();
        oldest.sort_unstable_by_key(|key| key.start);
        oldest.truncate((self.capacity / 8).max(1));
        for key in oldest {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests;
