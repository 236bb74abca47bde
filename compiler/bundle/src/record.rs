//! The binary records that programs send through the ring buffer, and the kernel maps' values.
//!
//! All numbers are little-endian. The C side of each layout is `bpf-templates/writ.h`; a test
//! compares the two through the BTF of the committed object.
//!
//! ```text
//! record = header, item*            each item starts on a multiple of 8
//! item   = 16 bytes, payload        the payload is padded with anything up to a multiple of 8
//! ```

pub mod connection;
mod structure;

pub use structure::{bpf_map, bpf_program, cred, kernel_module, perf_event, user_namespace};

/// Namespaces in the order in which Tetragon numbers them.
pub const NAMESPACES: [&str; 10] = [
    "uts",
    "ipc",
    "mnt",
    "pid",
    "pid_for_children",
    "net",
    "time",
    "time_for_children",
    "cgroup",
    "user",
];

/// Offsets in the header of every record.
pub mod header {
    /// `u32`: bytes of the whole record.
    pub const LENGTH: usize = 0;
    /// `u8`: see [`super::kind`].
    pub const KIND: usize = 4;
    /// `u8`: see [`super::flag`].
    pub const FLAGS: usize = 5;
    /// `u16`: which selector matched, counted from 0; `0xffff` when the hook has none.
    pub const SELECTOR: usize = 6;
    /// `u32`: for hook records the low half is an index into [`crate::Manifest::hooks`], and the
    /// high half is [`FUNCTION`].
    pub const HOOK: usize = 8;
    /// `u16`: which function of a hook on a list was hit, counted from 0.
    pub const FUNCTION: usize = 10;
    /// `u32`: thread id in the host's PID namespace.
    pub const TID: usize = 12;
    /// `u64`: nanoseconds since boot, without suspend (`bpf_ktime_get_ns`).
    pub const TIME: usize = 16;
    /// `u32`: thread group id in the host's PID namespace.
    pub const PID: usize = 24;
    /// `u8`: see [`super::action`]; what was done, or would have been in monitor mode.
    pub const ACTION: usize = 28;
    /// `u8[3]`: zero.
    pub const RESERVED: usize = 29;
    /// `u64`: [`super::process::START`] of the process, 0 when it is unknown.
    pub const PROCESS_START: usize = 32;
    /// `i64`: the signal or the error of the action.
    pub const ACTION_ARGUMENT: usize = 40;
    /// `u64`: joins the two records of a call whose return is reported; else 0.
    pub const CALL: usize = 48;
    /// `u64`: id of the process's cgroup.
    pub const CGROUP: usize = 56;
    /// Bytes of the header.
    pub const SIZE: usize = 64;
}

/// What a record reports.
pub mod kind {
    /// A hook of a policy was hit: items are its arguments.
    pub const HOOK: u8 = 1;
    /// A process executed a program: items are [`super::exec`].
    pub const EXEC: u8 = 2;
    /// A process was forked: [`super::header::ACTION_ARGUMENT`] is the child's start, `PID` and
    /// `TID` are the child's, and `PROCESS_START` is the parent's; `HOOK` is the parent's PID.
    pub const FORK: u8 = 3;
    /// The last thread of a process exited: `ACTION_ARGUMENT` is the kernel's exit code (status in
    /// bits 8 to 15, signal in bits 0 to 6).
    pub const EXIT: u8 = 4;
    /// Further bytes of a buffer that is longer than [`super::TEXT_MAX`], before the record of the
    /// hook that shows it: the only item has them, and the buffer's id. `CALL` is what the buffer's
    /// own item has in [`super::item::MODE`], `ACTION_ARGUMENT` where they stand in the buffer.
    pub const DATA: u8 = 6;
}

/// Bits of [`header::FLAGS`].
pub mod flag {
    /// The call's return follows in a record with the same [`super::header::CALL`].
    pub const AWAITS_RETURN: u8 = 1;
    /// This is the return of an earlier record: the only item is the return value.
    pub const IS_RETURN: u8 = 2;
    /// The call returned, and the return conditions do not match: forget the earlier record.
    pub const CANCELLED: u8 = 4;
    /// The policy was in monitor mode, so the action did not happen.
    pub const MONITORED: u8 = 8;
}

/// Values of [`header::ACTION`]; the last action of a selector that says what to do.
pub mod action {
    pub const POST: u8 = 1;
    pub const SIGKILL: u8 = 2;
    pub const SIGNAL: u8 = 3;
    pub const OVERRIDE: u8 = 4;
    pub const GETURL: u8 = 5;
    pub const DNSLOOKUP: u8 = 6;
    pub const TRACKSOCK: u8 = 7;
    pub const UNTRACKSOCK: u8 = 8;
    pub const NOTIFYENFORCER: u8 = 9;
    pub const CLEANUPENFORCER: u8 = 10;
    pub const SET: u8 = 11;
    pub const REDIRECT: u8 = 12;
}

/// Offsets in the 16 bytes before an item's payload.
pub mod item {
    /// `u8`: zero. It can stand right behind the text of the item before, which thus always ends with
    /// a zero, as comparisons by words want it.
    pub const RESERVED: usize = 0;
    /// `u8`: see [`super::status`].
    pub const STATUS: usize = 1;
    /// `u16`: which value this is; unique in a program.
    pub const ID: usize = 2;
    /// `u32`: for files, `f_flags`; for addresses of Unix sockets, the family.
    /// For a buffer that is [`super::status::TRUNCATED`], how many bytes there were.
    pub const FLAGS: usize = 4;
    /// `u32`: for files, `i_mode`.
    /// For a buffer, the name of the records of kind [`super::kind::DATA`] with the rest, or 0.
    pub const MODE: usize = 8;
    /// `u32`: bytes of the payload, without padding. It stands right before the payload.
    pub const LENGTH: usize = 12;
    /// Bytes before the payload.
    pub const SIZE: usize = 16;
}

/// Values of [`item::STATUS`].
pub mod status {
    /// The payload is the value.
    pub const READ: u8 = 0;
    /// The memory could not be read, so no condition on it matches. The payload is empty.
    pub const UNREADABLE: u8 = 1;
    /// There is no text: a pipe, socket or anonymous file has no path. No condition matches.
    pub const ABSENT: u8 = 2;
    /// The text is longer than [`super::TEXT_MAX`] bytes; the payload is its first part (for paths,
    /// its last part).
    pub const TRUNCATED: u8 = 3;
}

/// The longest text, in bytes, without a trailing zero.
pub const TEXT_MAX: usize = 4095;

/// [`item::ID`]s of an exec record.
pub mod exec {
    /// Text: resolved path of the executable (`mm->exe_file`), which `matchBinaries` sees.
    pub const EXECUTABLE: u16 = 1;
    /// Text: the file name as given to `execve`.
    pub const FILENAME: u16 = 2;
    /// Bytes: the arguments from `argv[0]` on, each ended by a zero. Those behind the first
    /// [`TEXT_MAX`](super::TEXT_MAX) come in records of the kind `DATA` before this one.
    pub const ARGUMENTS: u16 = 3;
    /// Text: the working directory.
    pub const DIRECTORY: u16 = 4;
    /// [`super::credentials`].
    pub const CREDENTIALS: u16 = 5;
    /// `u32[10]` in the order of [`super::NAMESPACES`]: inode numbers.
    pub const NAMESPACES: u16 = 6;
    /// Text: name of the process's cgroup (the last component), for container ids.
    pub const CGROUP: u16 = 7;
    /// `u32` parent's PID, `u32` the process's PID in its own namespace, `u64` parent's start.
    pub const FAMILY: u16 = 8;
}

/// [`item::ID`]s of what a hook's record shows besides values. Values have smaller ones.
pub mod extra {
    /// `u64` each: addresses in the kernel, from the innermost frame on.
    pub const KERNEL_STACK: u16 = 0xff00;
    /// `u64` each: addresses in the program, from the innermost frame on.
    pub const USER_STACK: u16 = 0xff01;
    /// [`super::digest`]: of the file that the hook is about.
    pub const IMA: u16 = 0xff02;
}

/// Offsets in the payload of [`extra::IMA`].
pub mod digest {
    /// `u32`: a number of the kernel's `enum hash_algo` (`include/uapi/linux/hash_info.h`).
    pub const ALGORITHM: usize = 0;
    /// As many bytes as digests of the algorithm have, at most 64.
    pub const BYTES: usize = 8;
    pub const SIZE: usize = 72;
}

/// Offsets in the payload of [`exec::CREDENTIALS`].
pub mod credentials {
    /// `u32` each: uid, gid, euid, egid, suid, sgid, fsuid, fsgid.
    pub const IDS: usize = 0;
    /// `u32`: login uid, `0xffffffff` when unset.
    pub const AUDIT_UID: usize = 32;
    /// `u32`: securebits.
    pub const SECUREBITS: usize = 36;
    /// `u64` each: permitted, effective, inheritable capabilities.
    pub const CAPABILITIES: usize = 40;
    pub const SIZE: usize = 64;
}

/// Offsets in a value of the map [`crate::maps::PROCESSES`].
pub mod process {
    /// `u64`: nanoseconds since boot at which the process was forked or last executed a program,
    /// rounded down to [`START_GRAIN`].
    pub const START: usize = 0;
    /// `u64`: [`START`] of the parent.
    pub const PARENT_START: usize = 8;
    /// `u32`: parent's PID.
    pub const PARENT: usize = 16;
    /// `u32`: PID in the process's own PID namespace.
    pub const NAMESPACE_PID: usize = 20;
    /// `u64[4]`: which [`crate::Manifest::binary_sets`] the executable is in.
    pub const BINARY_SETS: usize = 24;
    /// `u64`: of which [`crate::Manifest::follow_sets`] the process is a descendant or a member.
    pub const DESCENDS: usize = 56;
    pub const SIZE: usize = 64;
    /// The programs keep a start that is a multiple of this together with a part of the process's
    /// id. Another start is right as well, but is searched for each time.
    pub const START_GRAIN: u64 = 1024;
    /// Sets that [`BINARY_SETS`] has room for.
    pub const BINARY_SETS_MAX: usize = 256;
    /// Sets that [`DESCENDS`] has room for.
    pub const FOLLOW_SETS_MAX: usize = 64;
}

/// A value of the map [`crate::maps::WORKLOADS`].
pub mod workload {
    /// `u64[4]`: which [`crate::Manifest::workload_sets`] the cgroup's processes belong to.
    pub const SETS: usize = 0;
    pub const SIZE: usize = 32;
    /// Sets that [`SETS`] has room for.
    pub const SETS_MAX: usize = 256;
}

/// Offsets in a value of the map [`crate::maps::USDT`]: where a probe's arguments are at one of its
/// places. The value is [`usdt::ARGUMENTS`] times [`usdt::ARGUMENT`] bytes.
pub mod usdt {
    /// `i64`: the number itself, or what is added to an address.
    pub const NUMBER: usize = 0;
    /// `u16`: offset of a register in `struct pt_regs`.
    pub const BASE: usize = 8;
    /// `u16`: the same of the register that counts elements.
    pub const INDEX: usize = 10;
    /// `u8`: see [`kind`].
    pub const KIND: usize = 12;
    /// `u8`: the index is shifted left by so many bits.
    pub const SHIFT: usize = 13;
    /// `u8`: bytes of the argument, 1, 2, 4 or 8.
    pub const SIZE: usize = 14;
    /// `u8`: 1 when the argument can be negative.
    pub const SIGNED: usize = 15;
    /// Bytes of one argument.
    pub const ARGUMENT: usize = 16;
    /// Arguments that there is room for. A probe has at most 12 (`STAP_PROBE12` in `sys/sdt.h`).
    pub const ARGUMENTS: usize = 16;

    /// Values of [`KIND`].
    pub mod kind {
        /// There is no such argument.
        pub const NONE: u8 = 0;
        /// The number.
        pub const CONSTANT: u8 = 1;
        /// What is in the base register.
        pub const REGISTER: u8 = 2;
        /// What is in the program's memory, the number behind the base.
        pub const MEMORY: u8 = 3;
        /// The same, and the index behind that.
        pub const INDEXED: u8 = 4;
        /// The same without a base.
        pub const SCALED: u8 = 5;
    }
}

/// What a program has for the number of its place when the kernel gives no cookies: the loader puts
/// the number there, and loads the program once for each place.
pub const PLACE_MARKER: u64 = 0x7772_6974_5f70_6c63;

/// What a program has for how far the first of its [`crate::Program::targets`] is from the place that
/// was hit; one more for the second, and so on. The loader puts the distances there.
pub const TARGET_MARKER: u64 = 0x7772_6974_0000_0000;

/// Offsets in a value of the map [`crate::maps::LINEAGES`]. Sets are those of
/// [`process::BINARY_SETS`], in as many bits.
pub mod lineage {
    /// `u64[4]`: which sets any executable of the process and its ancestors was in.
    pub const LINE: usize = 0;
    /// `u64[4]`: which sets the parent's executable was in when it forked the process.
    pub const PARENT: usize = 32;
    /// `u64[4]`: what was [`LINE`] of the parent then.
    pub const PARENT_LINE: usize = 64;
    /// `u64`: 1 when the parent was known, else 0.
    pub const HAS_PARENT: usize = 96;
    pub const SIZE: usize = 104;
}

/// Offsets in a value of the map [`crate::maps::BASELINES`]: what a process was when it was forked or
/// last executed a program.
pub mod baseline {
    /// `u32[10]` in the order of [`super::NAMESPACES`]: inode numbers, 0 for one that is not known.
    pub const NAMESPACES: usize = 0;
    /// `u64` each: permitted, effective, inheritable capabilities.
    pub const CAPABILITIES: usize = 40;
    pub const SIZE: usize = 64;
}

/// Indices of the map [`crate::maps::COUNTERS`].
pub mod counter {
    /// Records that the ring buffer had no room for.
    pub const LOST: u32 = 0;
    /// Hook hits that were not evaluated, since no scratch area was free.
    pub const BUSY: u32 = 1;
    /// Events that a rate limit held back.
    pub const LIMITED: u32 = 2;
    /// Processes that did not fit in the process map.
    pub const UNTRACKED: u32 = 3;
    pub const COUNT: u32 = 4;
}

/// A record, cut into its parts. Nothing is copied.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
}

/// Why bytes are not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("a record of {0} bytes is shorter than a header")]
    Short(usize),
    #[error("a record of {have} bytes says that it has {says}")]
    Length { have: usize, says: usize },
    #[error("the item at {0} runs past the end of its record")]
    Item(usize),
}

/// One value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    pub id: u16,
    /// See [`status`].
    pub status: u8,
    pub flags: u32,
    pub mode: u32,
    pub payload: &'a [u8],
}

impl Item<'_> {
    /// The number at `offset` of the payload, when it is that long.
    pub fn u32(&self, offset: usize) -> Option<u32> {
        u32_at(self.payload, offset)
    }

    /// The number at `offset` of the payload, when it is that long.
    pub fn u64(&self, offset: usize) -> Option<u64> {
        bytes_at(self.payload, offset).map(u64::from_le_bytes)
    }

    /// The text in the `length` bytes at `offset`, up to a zero, when the payload is that long.
    pub fn name(&self, offset: usize, length: usize) -> Option<String> {
        let bytes = self.payload.get(offset..offset.checked_add(length)?)?;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

impl<'a> Record<'a> {
    /// Checks that `bytes` hold a whole record. Bytes after it are ignored: the ring buffer pads.
    ///
    /// # Errors
    ///
    /// When the header or the length it states does not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        let says = u32_at(bytes, header::LENGTH).ok_or(RecordError::Short(bytes.len()))? as usize;
        if bytes.len() < header::SIZE {
            return Err(RecordError::Short(bytes.len()));
        }
        match bytes.get(..says) {
            Some(bytes) if says >= header::SIZE => Ok(Self { bytes }),
            _ => Err(RecordError::Length { have: bytes.len(), says }),
        }
    }

    /// The byte at `offset` of the header.
    pub fn u8(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    /// The number at `offset` of the header.
    pub fn u16(&self, offset: usize) -> u16 {
        bytes_at(self.bytes, offset).map_or(0, u16::from_le_bytes)
    }

    /// The number at `offset` of the header.
    pub fn u32(&self, offset: usize) -> u32 {
        u32_at(self.bytes, offset).unwrap_or(0)
    }

    /// The number at `offset` of the header.
    pub fn u64(&self, offset: usize) -> u64 {
        bytes_at(self.bytes, offset).map_or(0, u64::from_le_bytes)
    }

    /// The items in the order in which they were read; stops after the first damaged one.
    pub fn items(&self) -> impl Iterator<Item = Result<Item<'a>, RecordError>> + use<'a> {
        let bytes = self.bytes;
        let mut at = header::SIZE;
        std::iter::from_fn(move || {
            if at >= bytes.len() {
                return None;
            }
            let item = item_at(bytes, at);
            at = match &item {
                Some(item) => at + item::SIZE + item.payload.len().next_multiple_of(8),
                None => bytes.len(),
            };
            Some(item.ok_or(RecordError::Item(at)))
        })
    }
}

fn item_at(bytes: &[u8], at: usize) -> Option<Item<'_>> {
    let head = bytes.get(at..)?;
    let length = u32_at(head, item::LENGTH)? as usize;
    Some(Item {
        id: bytes_at(head, item::ID).map(u16::from_le_bytes)?,
        status: *head.get(item::STATUS)?,
        flags: u32_at(head, item::FLAGS)?,
        mode: u32_at(head, item::MODE)?,
        payload: head.get(item::SIZE..item::SIZE.checked_add(length)?)?,
    })
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes_at(bytes, offset).map(u32::from_le_bytes)
}

fn bytes_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}
