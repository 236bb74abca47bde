//! Random events as this very thread can bring them about.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::{File, read_link};
use std::os::fd::AsRawFd as _;

use writ::ir::interpret::{Event, Process, Raw};
use writ::ir::{Module, Program, ValueOrigin};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ::resolved::{Origin, Reader};
use writ_bundle::Mode;
use writ_bundle::record::{NAMESPACES, TEXT_MAX};

use crate::random::Random;
use crate::random::policies::text;
use crate::random::processes::known;
use crate::random::workloads::workload;

/// What this thread is to the kernel.
pub(super) struct Surroundings {
    pid: u32,
    tid: u32,
    namespace_pid: u32,
    namespaces: BTreeMap<NamespaceKind, u32>,
    capabilities: BTreeMap<CapabilitySet, u64>,
}

/// What a program is given. Words point to the texts.
pub(super) struct Context {
    pub words: [u64; 12],
    pub values: BTreeMap<u16, Raw>,
    texts: Vec<CString>,
}

/// Descriptors, and what their files' paths are.
pub(super) struct Files {
    descriptors: Vec<(u32, Raw)>,
    #[expect(dead_code, reason = "they stay open")]
    open: (Vec<File>, std::io::PipeReader, std::os::unix::net::UnixDatagram),
}

impl Surroundings {
    /// Asks procfs.
    pub(super) fn find() -> Self {
        let thread = read_link("/proc/thread-self").unwrap();
        let mut parts = thread.to_str().unwrap().split('/').filter_map(|part| part.parse().ok());
        let (pid, tid) = (parts.next().unwrap(), parts.next().unwrap());
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
        Self {
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
        Self { descriptors, open: (files, pipe, socket) }
    }

    /// A word for each argument that `program` reads, and what each of its values is then.
    pub(super) fn context(&self, random: &mut Random, program: &Program) -> Context {
        let mut context = Context {
            words: std::array::from_fn(|_| random.bits()),
            values: BTreeMap::new(),
            texts: Vec::new(),
        };
        for (_, value) in program.values.iter() {
            let ValueOrigin::Hook(Origin::Parameter(place)) = value.origin else {
                panic!("a raw tracepoint has {:?}", value.origin)
            };
            let word = &mut context.words[place as usize];
            let raw = match value.reader {
                Reader::Integer { .. } => Raw::Bits(*word),
                Reader::Text => pointed_to(random, word, &mut context.texts),
                Reader::Descriptor => {
                    let (descriptor, raw) = random.one_of(&self.descriptors);
                    // A descriptor is an int: the upper half of its register is anything.
                    *word = *word << 32 | u64::from(*descriptor);
                    raw.clone()
                }
                reader => panic!("no policy here has {reader:?}"),
            };
            context.values.insert(value.item, raw);
        }
        context
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
