//! Random events as this very thread can bring them about.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::{File, read_link};
use std::os::fd::AsRawFd as _;

use writ::ir::interpret::{Event, Process, Raw};
use writ::ir::{Module, Program, ValueOrigin};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ::resolved::{Origin, Reader, Walk, WalkStep};
use writ_bundle::Mode;
use writ_bundle::record::{NAMESPACES, TEXT_MAX};

use crate::random::Random;
use crate::random::conditions::text;
use crate::random::processes::known;
use crate::random::workloads::workload;

/// What buffers hold, again and again: names, and bytes that are no text.
const BYTES: &[u8] = b"/etc/passwd\0x.so/usr/bin/\xff\x80/e\0";

/// What this thread is to the kernel.
pub(super) struct Surroundings {
    pid: u32,
    tid: u32,
    namespace_pid: u32,
    namespaces: BTreeMap<NamespaceKind, u32>,
    capabilities: BTreeMap<CapabilitySet, u64>,
    pub task: Task,
}

/// What stands at the ends of ways from the calling task, by their last names.
pub(super) struct Task(Vec<(&'static str, Raw)>);

/// What a program is given. Words point to the texts.
pub(super) struct Context {
    pub words: [u64; 12],
    pub values: BTreeMap<u16, Raw>,
    texts: Vec<CString>,
    /// Pairs of address and length.
    vectors: Vec<[u64; 2]>,
}

/// Descriptors, and what their files' paths are.
pub(super) struct Files {
    /// What buffers are parts of.
    bytes: Vec<u8>,
    descriptors: Vec<(u32, Raw)>,
    #[expect(dead_code, reason = "they stay open")]
    open: (Vec<File>, std::io::PipeReader, std::os::unix::net::UnixDatagram),
}

impl Surroundings {
    /// Asks procfs.
    pub(super) fn find() -> Self {
        let thread = read_link("/proc/thread-self").unwrap();
        let mut parts = thread.to_str().unwrap().split('/').filter_map(|part| part.parse().ok());
        let (pid, tid): (u32, u32) = (parts.next().unwrap(), parts.next().unwrap());
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let own = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap();
        let inode = |name: &str| {
            let link = read_link(format!("/proc/self/ns/{name}")).ok()?;
            link.to_str()?.split(['[', ']']).nth(1)?.parse().ok()
        };
        let capabilities = |set: CapabilitySet| {
            let name = match set {
                CapabilitySet::Effective => "CapEff:",
                CapabilitySet::Inheritable => "CapInh:",
                CapabilitySet::Permitted => "CapPrm:",
            };
            let bits = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            (set, u64::from_str_radix(bits.trim(), 16).unwrap())
        };
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let comm = std::fs::read("/proc/thread-self/comm").unwrap();
        let task = Task(vec![
            ("tgid", Raw::Bits(pid.into())),
            ("pid", Raw::Bits(tid.into())),
            ("group_leader pid", Raw::Bits(pid.into())),
            ("comm", Raw::Text(comm.strip_suffix(b"\n").unwrap().to_vec())),
            ("real_cred uid val", Raw::Bits(line("Uid:"))),
            ("real_cred cap_effective", Raw::Bits(capabilities(CapabilitySet::Effective).1)),
        ]);
        Self {
            task,
            capabilities: CapabilitySet::ALL.into_iter().map(capabilities).collect(),
            pid,
            tid,
            namespace_pid: own.split_whitespace().last().unwrap().parse().unwrap(),
            namespaces: NamespaceKind::ALL
                .into_iter()
                .zip(NAMESPACES)
                .filter_map(|(kind, name)| Some((kind, inode(name)?)))
                .collect(),
        }
    }

    /// Ids of processes, of which one is this one's.
    pub(super) fn pids(&self) -> Vec<u32> {
        vec![0, self.pid, 1, self.namespace_pid, self.tid.wrapping_add(1), u32::MAX]
    }

    /// Inode numbers, of which this process's namespaces have some.
    pub(super) fn inodes(&self) -> Vec<u32> {
        let others = [0xf000_0000, 1];
        self.namespaces.values().copied().chain(others).collect()
    }

    /// The host's namespaces: of each kind this process's, or another.
    pub(super) fn host_namespaces(&self, random: &mut Random) -> [u32; 10] {
        let mut host = [0; 10];
        for (host, kind) in host.iter_mut().zip(NamespaceKind::ALL) {
            let own = self.namespaces.get(&kind).copied().unwrap_or(1);
            *host = if random.once_in(3) { own.wrapping_add(1) } else { own };
        }
        host
    }

    /// An event without values.
    pub(super) fn event(
        &self,
        random: &mut Random,
        module: &Module,
        host_namespaces: [u32; 10],
        time: u64,
    ) -> Event {
        let known = known(random, &self.namespaces, &self.capabilities);
        let mode =
            |random: &mut Random| *random.one_of(&[Mode::Enforce, Mode::Monitor, Mode::Disabled]);
        let Self { pid, tid, namespace_pid, .. } = *self;
        Event {
            values: BTreeMap::new(),
            file_types: BTreeMap::new(),
            process: Process { pid, tid, namespace_pid, known, workload: workload(random) },
            cookie: 0,
            call: 0,
            frame: 0,
            namespaces: self.namespaces.clone(),
            capabilities: self.capabilities.clone(),
            host_namespaces: NamespaceKind::ALL.into_iter().zip(host_namespaces).collect(),
            time,
            modes: (0..).zip(&module.policies).map(|(policy, _)| (policy, mode(random))).collect(),
        }
    }
}

impl Files {
    /// Opens some files that every machine has, and some that have no path.
    pub(super) fn open() -> Self {
        let files: Vec<File> = ["/", "/etc", "/etc/passwd", "/proc/self/exe", "/dev/null"]
            .iter()
            .map(|path| File::open(path).unwrap())
            .collect();
        let (pipe, _) = std::io::pipe().unwrap();
        let socket = std::os::unix::net::UnixDatagram::unbound().unwrap();
        let number = |descriptor: i32| u32::try_from(descriptor).unwrap();
        let mut descriptors: Vec<(u32, Raw)> = files
            .iter()
            .map(|file| {
                let path = read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
                let path = path.into_os_string().into_encoded_bytes();
                (number(file.as_raw_fd()), Raw::Text(path))
            })
            .collect();
        descriptors.push((number(pipe.as_raw_fd()), Raw::Absent));
        descriptors.push((number(socket.as_raw_fd()), Raw::Absent));
        descriptors.push((1_000_000, Raw::Unreadable));
        descriptors.push((u32::MAX, Raw::Unreadable));
        let bytes = BYTES.iter().copied().cycle().take(1 << 16).collect();
        Self { bytes, descriptors, open: (files, pipe, socket) }
    }

    /// A word for each argument that `program` reads, and what each of its values is then.
    pub(super) fn context(&self, random: &mut Random, program: &Program, task: &Task) -> Context {
        let mut context = Context {
            words: std::array::from_fn(|_| random.bits()),
            values: BTreeMap::new(),
            texts: Vec::new(),
            vectors: self.vectors(random),
        };
        for (_, value) in program.values.iter() {
            let place = match (value.origin, &value.walk) {
                (ValueOrigin::Hook(Origin::Parameter(place)), None) => place as usize,
                (ValueOrigin::Hook(Origin::CurrentTask), Some(walk)) => {
                    context.values.insert(value.item, task.at(walk));
                    continue;
                }
                _ => panic!("a raw tracepoint has {value:?}"),
            };
            let length = value.reader.length_origin().map(|origin| match origin {
                Origin::Parameter(place) => context.words[place as usize],
                _ => panic!("a raw tracepoint has {value:?}"),
            });
            let raw = self.raw(random, value.reader, &mut context, place, length);
            context.values.insert(value.item, raw);
        }
        context
    }

    /// Sets the word at `place`, and says what is read there.
    fn raw(
        &self,
        random: &mut Random,
        reader: Reader,
        context: &mut Context,
        place: usize,
        length: Option<u64>,
    ) -> Raw {
        let word = &mut context.words[place];
        match reader {
            Reader::Integer { .. } | Reader::SyscallNumber => Raw::Bits(*word),
            Reader::Text => pointed_to(random, word, &mut context.texts),
            Reader::Descriptor => {
                let (descriptor, raw) = random.one_of(&self.descriptors);
                // A descriptor is an int: the upper half of its register is anything.
                *word = *word << 32 | u64::from(*descriptor);
                raw.clone()
            }
            Reader::Buffer { .. } => {
                let length = i16::from_le_bytes(low(length.unwrap()));
                self.buffer(random, word, usize::try_from(length).unwrap_or(0))
            }
            Reader::Vectors { .. } => {
                let [count] = low(length.unwrap());
                let count = usize::try_from(count.cast_signed()).unwrap_or(0);
                *word = context.vectors.as_ptr() as u64;
                self.joined(&context.vectors, count)
            }
            reader => panic!("no policy here has {reader:?}"),
        }
    }

    /// Points `word` to so many bytes, mostly, and says what is read.
    fn buffer(&self, random: &mut Random, word: &mut u64, length: usize) -> Raw {
        if random.once_in(8) {
            *word = *random.one_of(&[0, 1, 4095, u64::MAX]);
            return if length == 0 { Raw::Text(Vec::new()) } else { Raw::Unreadable };
        }
        let from = random.length(0..self.bytes.len() - length);
        *word = self.bytes.as_ptr() as u64 + from as u64;
        cut(&self.bytes[from..from + length], length)
    }

    /// As many pairs as any program looks at.
    fn vectors(&self, random: &mut Random) -> Vec<[u64; 2]> {
        let pair = |random: &mut Random| {
            let most = if random.once_in(4) { 3000 } else { 30 };
            let (from, length) = (random.below(1 << 15), random.below(most));
            [self.bytes.as_ptr() as u64 + from, length]
        };
        (0..128).map(|_| pair(random)).collect()
    }

    fn joined(&self, vectors: &[[u64; 2]], count: usize) -> Raw {
        let mut bytes = Vec::new();
        for [address, length] in vectors.iter().take(count.min(VECTORS_MAX)) {
            let from = usize::try_from(address - self.bytes.as_ptr() as u64).unwrap();
            bytes.extend(&self.bytes[from..from + usize::try_from(*length).unwrap()]);
        }
        let all = if count > VECTORS_MAX { usize::MAX } else { bytes.len() };
        cut(&bytes, all)
    }
}

/// Pieces that are looked at.
const VECTORS_MAX: usize = 8;

/// What is kept of `bytes`, when there were so many.
fn cut(bytes: &[u8], all: usize) -> Raw {
    let kept = bytes[..bytes.len().min(TEXT_MAX)].to_vec();
    if all > kept.len() { Raw::Truncated(kept) } else { Raw::Text(kept) }
}

/// The low bytes of a word.
fn low<const BYTES: usize>(word: u64) -> [u8; BYTES] {
    std::array::from_fn(|place| word.to_le_bytes()[place])
}

impl Task {
    fn at(&self, walk: &Walk) -> Raw {
        let names = walk.steps.iter().filter_map(|step| match step {
            WalkStep::Member { name, .. } if !name.is_empty() => Some(name.as_str()),
            WalkStep::Member { .. } | WalkStep::Follow | WalkStep::Element { .. } => None,
        });
        let names = names.collect::<Vec<_>>().join(" ");
        let known = self.0.iter().find(|(way, _)| *way == names);
        known.unwrap_or_else(|| panic!("nobody knows what is at {names}")).1.clone()
    }
}

/// Points `word` to a text, mostly, and says what is there.
fn pointed_to(random: &mut Random, word: &mut u64, texts: &mut Vec<CString>) -> Raw {
    let mut bytes = match random.below(12) {
        11 => {
            // Nothing is mapped there: low addresses, addresses of neither half, kernel addresses.
            *word = *random.one_of(&[0, 1, 4095, 0x1234_5678_9abc_def0, u64::MAX, 1 << 63]);
            return Raw::Unreadable;
        }
        10 => Vec::new(),
        9 => text(random).repeat(random.length(1..60)).into_bytes(),
        8 => {
            let mut long = text(random).repeat(TEXT_MAX).into_bytes();
            long.truncate(random.length(TEXT_MAX - 2..TEXT_MAX + 9));
            long
        }
        _ => text(random).into_bytes(),
    };
    texts.push(CString::new(bytes.clone()).unwrap());
    *word = texts.last().unwrap().as_ptr() as u64;
    if bytes.len() <= TEXT_MAX {
        return Raw::Text(bytes);
    }
    bytes.truncate(TEXT_MAX);
    Raw::Truncated(bytes)
}
