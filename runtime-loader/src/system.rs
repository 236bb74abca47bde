//! The few system calls that have no safe form elsewhere.
//!
//! This and the files below it are the only ones of the workspace with unsafe code. Every function passes the kernel
//! pointers to memory that it borrows for the length of the call.
#![expect(unsafe_code, reason = "bpf(2), poll(2), signalfd(2) and clock_gettime(2) take pointers")]

pub(crate) mod kprobe;
pub(crate) mod perf_event;
pub(crate) mod uprobe;

use std::ffi::{CStr, CString, c_int, c_long};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};

use crate::clock::Clock;

/// How the kernel's clocks stand to one another now.
///
/// # Errors
///
/// Never on a kernel that BPF runs on.
pub fn clock() -> io::Result<Clock> {
    let wall = now(libc::CLOCK_REALTIME)?;
    let monotonic = now(libc::CLOCK_MONOTONIC)?;
    let boot = now(libc::CLOCK_BOOTTIME)?;
    let suspended = u64::try_from(boot.saturating_sub(monotonic)).unwrap_or(0);
    Ok(Clock { from_monotonic: wall.saturating_sub(monotonic), suspended })
}

/// Nanoseconds of `CLOCK_MONOTONIC`, as `bpf_ktime_get_ns` counts.
///
/// # Errors
///
/// Never on a kernel that BPF runs on.
pub fn monotonic_now() -> io::Result<u64> {
    now(libc::CLOCK_MONOTONIC).map(|time| u64::try_from(time).unwrap_or(0))
}

fn now(clock: libc::clockid_t) -> io::Result<i64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a whole timespec that outlives the call.
    check(unsafe { libc::clock_gettime(clock, &raw mut time) }.into())?;
    Ok(time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec))
}

/// Bits that nobody can guess.
///
/// # Errors
///
/// When the kernel has not gathered enough to make them.
pub fn random() -> io::Result<u64> {
    let mut bytes = [0; 8];
    // SAFETY: `bytes` has as many bytes as the kernel is told, and outlives the call.
    let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    match check(c_long::try_from(got).map_err(io::Error::other)?)? {
        8 => Ok(u64::from_le_bytes(bytes)),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Effective user id of whoever connected to this Unix socket.
///
/// # Errors
///
/// As `getsockopt`.
pub fn peer_user(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let mut peer = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
    let mut size = libc::socklen_t::try_from(size_of::<libc::ucred>()).map_err(io::Error::other)?;
    // SAFETY: `peer` has the `size` bytes that the kernel may write, and both outlive the call.
    check(c_long::from(unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut size,
        )
    }))?;
    Ok(peer.uid)
}

/// Effective user id of this process.
pub fn own_user() -> u32 {
    // SAFETY: it has no preconditions.
    unsafe { libc::geteuid() }
}

/// Clock ticks a second, in which `/proc/PID/stat` counts.
pub fn ticks_per_second() -> u64 {
    // SAFETY: sysconf takes no pointer.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    u64::try_from(ticks).ok().filter(|ticks| *ticks > 0).unwrap_or(100)
}

/// Lifts the limit of locked memory, from which kernels before 5.11 take all of BPF's memory.
///
/// # Errors
///
/// Without `CAP_SYS_RESOURCE`.
pub fn lift_locked_memory_limit() -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is a whole rlimit that outlives the call.
    check(unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const limit) }.into()).map(|_| ())
}

/// Blocks `SIGINT` and `SIGTERM` and gives a descriptor that becomes readable when one is sent.
///
/// # Errors
///
/// When the process has no descriptor left.
pub fn termination_signals() -> io::Result<OwnedFd> {
    // SAFETY: the set is initialised by sigemptyset before it is read, and outlives the calls.
    unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        check(libc::sigemptyset(&raw mut set).into())?;
        check(libc::sigaddset(&raw mut set, libc::SIGINT).into())?;
        check(libc::sigaddset(&raw mut set, libc::SIGTERM).into())?;
        check(libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()).into())?;
        owned(libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC).into())
    }
}

/// Waits until one of `descriptors` is readable or the time is over; says which are.
///
/// # Errors
///
/// When the kernel has no memory left.
pub fn wait_readable(descriptors: &[BorrowedFd<'_>], milliseconds: u16) -> io::Result<Vec<bool>> {
    let mut polled: Vec<libc::pollfd> = descriptors
        .iter()
        .map(|fd| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 })
        .collect();
    let count = libc::nfds_t::try_from(polled.len()).map_err(io::Error::other)?;
    // SAFETY: `polled` holds `count` entries and outlives the call.
    let result = unsafe { libc::poll(polled.as_mut_ptr(), count, c_int::from(milliseconds)) };
    match check(result.into()) {
        Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
        Err(_) | Ok(_) => {}
    }
    Ok(polled.iter().map(|one| one.revents & libc::POLLIN != 0).collect())
}

/// What becomes of an entry that is in a map already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is overwritten (`BPF_ANY`).
    Overwrite,
    /// It stays, and that is an error (`BPF_NOEXIST`).
    Keep,
}

/// Writes one entry of a map. The caller knows that key and value have the map's sizes: the kernel
/// reads as many bytes as the map says, so they are passed to be compared.
///
/// # Errors
///
/// As `BPF_MAP_UPDATE_ELEM`; `InvalidInput` when a size is wrong.
pub fn update_map(
    map: BorrowedFd<'_>,
    sizes: (u32, u32),
    key: &[u8],
    value: &[u8],
    existing: Existing,
) -> io::Result<()> {
    if (key.len(), value.len()) != (sizes.0 as usize, sizes.1 as usize) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let flags = match existing {
        Existing::Overwrite => 0,
        Existing::Keep => 1,
    };
    let attributes = MapElement {
        map: map.as_raw_fd().cast_unsigned(),
        reserved: 0,
        key: key.as_ptr().expose_provenance() as u64,
        value: value.as_ptr().expose_provenance() as u64,
        flags,
    };
    bpf(Command::MapUpdate, &attributes).map(|_| ())
}

/// Deletes one entry of a map whose keys are as long as `key`.
///
/// # Errors
///
/// As `BPF_MAP_DELETE_ELEM`.
pub fn delete_from_map(map: BorrowedFd<'_>, key_size: u32, key: &[u8]) -> io::Result<()> {
    if key.len() != key_size as usize {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let attributes = MapElement {
        map: map.as_raw_fd().cast_unsigned(),
        reserved: 0,
        key: key.as_ptr().expose_provenance() as u64,
        value: 0,
        flags: 0,
    };
    bpf(Command::MapDelete, &attributes).map(|_| ())
}

/// Lets user space write into a map no more, so that the verifier may take what it holds as given.
///
/// # Errors
///
/// As `BPF_MAP_FREEZE`.
pub fn freeze_map(map: BorrowedFd<'_>) -> io::Result<()> {
    let attributes = MapFreeze { map: map.as_raw_fd().cast_unsigned() };
    bpf(Command::MapFreeze, &attributes).map(|_| ())
}

/// Gives the kernel an object's BTF.
///
/// # Errors
///
/// As `BPF_BTF_LOAD`.
pub fn load_btf(btf: &[u8]) -> io::Result<OwnedFd> {
    let attributes = BtfLoad {
        btf: btf.as_ptr().expose_provenance() as u64,
        log: 0,
        size: u32::try_from(btf.len()).map_err(io::Error::other)?,
        log_size: 0,
        log_level: 0,
        reserved: 0,
    };
    bpf(Command::BtfLoad, &attributes).and_then(owned)
}

/// A program that is ready to be loaded.
#[derive(Debug)]
pub struct RelocatedProgram<'a> {
    pub name: &'a str,
    pub license: &'a CStr,
    /// Encoded instructions, 8 bytes each.
    pub instructions: &'a [u8],
    /// The BTF that the records below refer to.
    pub btf: BorrowedFd<'a>,
    /// The bytes of the records and the bytes of each record.
    pub function_info: (&'a [u8], usize),
    /// As `function_info`.
    pub line_info: (&'a [u8], usize),
    /// `enum bpf_prog_type`.
    pub program_type: u32,
    /// `enum bpf_attach_type`.
    pub attach_type: u32,
    /// The id of the function in the running kernel's BTF, for tracing programs; else 0.
    pub function: u32,
    /// `prog_flags`.
    pub flags: u32,
}

/// Loads a program; on refusal gives the verifier's log too.
///
/// # Errors
///
/// As `BPF_PROG_LOAD`.
pub fn load_program(program: &RelocatedProgram<'_>) -> Result<OwnedFd, (io::Error, String)> {
    let no_log = |error| (error, String::new());
    let first = attributes(program).map_err(no_log)?;
    if let Ok(loaded) = bpf(Command::ProgramLoad, &first).and_then(owned) {
        return Ok(loaded);
    }
    // Once more with a log, as libbpf does: a log costs time that a good program need not pay.
    let mut size = 1 << 20;
    loop {
        let refused = match load_with_log(&first, size) {
            Ok(loaded) => return Ok(loaded),
            Err(refused) => refused,
        };
        // Kernels before 6.4 keep the log's beginning when there is no room, and say so.
        let no_room = refused.0.raw_os_error() == Some(libc::ENOSPC);
        if !no_room || size >= LOG_MAX {
            return Err(refused);
        }
        size <<= 2;
    }
}

/// The largest log that is asked for; kernels before 5.16 give no more.
const LOG_MAX: u32 = 1 << 24;

fn load_with_log(first: &ProgramLoad, size: u32) -> Result<OwnedFd, (io::Error, String)> {
    let mut log = vec![0_u8; size.min(LOG_MAX - 1) as usize];
    let second = ProgramLoad {
        log_level: 1,
        log_size: size.min(LOG_MAX - 1),
        log_buffer: log.as_mut_ptr().expose_provenance() as u64,
        ..*first
    };
    bpf(Command::ProgramLoad, &second).and_then(owned).map_err(|error| {
        let end = log.iter().position(|byte| *byte == 0).unwrap_or(log.len());
        log.truncate(end);
        (error, String::from_utf8_lossy(&log).into_owned())
    })
}

fn attributes(program: &RelocatedProgram<'_>) -> io::Result<ProgramLoad> {
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().zip(program.name.bytes().take(15)) {
        *to = from;
    }
    let (function_info, function_info_size) = program.function_info;
    let (line_info, line_info_size) = program.line_info;
    Ok(ProgramLoad {
        program_type: program.program_type,
        instruction_count: count(program.instructions, 8)?,
        instructions: program.instructions.as_ptr().expose_provenance() as u64,
        license: program.license.as_ptr().expose_provenance() as u64,
        log_level: 0,
        log_size: 0,
        log_buffer: 0,
        kernel_version: 0,
        flags: program.flags,
        name,
        interface: 0,
        expected_attach_type: program.attach_type,
        btf: program.btf.as_raw_fd().cast_unsigned(),
        function_info_size: u32::try_from(function_info_size).map_err(io::Error::other)?,
        function_info: function_info.as_ptr().expose_provenance() as u64,
        function_info_count: count(function_info, function_info_size)?,
        line_info_size: u32::try_from(line_info_size).map_err(io::Error::other)?,
        line_info: line_info.as_ptr().expose_provenance() as u64,
        line_info_count: count(line_info, line_info_size)?,
        attach_btf_id: program.function,
        attach_program: 0,
        reserved: 0,
    })
}

fn count(bytes: &[u8], size: usize) -> io::Result<u32> {
    u32::try_from(bytes.len().checked_div(size).unwrap_or(0)).map_err(io::Error::other)
}

/// Attaches a loaded tracing program to the function that it was loaded for. Closing the result
/// detaches it.
///
/// # Errors
///
/// As `BPF_RAW_TRACEPOINT_OPEN`.
pub fn attach_tracing_program(program: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let attributes =
        RawTracepointOpen { name: 0, program: program.as_raw_fd().cast_unsigned(), reserved: 0 };
    bpf(Command::RawTracepointOpen, &attributes).and_then(owned)
}

/// Attaches a program to a raw tracepoint. Closing the result detaches it.
///
/// # Errors
///
/// As `BPF_RAW_TRACEPOINT_OPEN`.
pub fn attach_raw_tracepoint(program: BorrowedFd<'_>, event: &str) -> io::Result<OwnedFd> {
    let name = CString::new(event)?;
    let attributes = RawTracepointOpen {
        name: name.as_ptr().expose_provenance() as u64,
        program: program.as_raw_fd().cast_unsigned(),
        reserved: 0,
    };
    bpf(Command::RawTracepointOpen, &attributes).and_then(owned)
}

/// `enum bpf_cmd`, as far as it is used here.
#[derive(Debug, Clone, Copy)]
#[repr(i32)]
enum Command {
    MapUpdate = 2,
    MapDelete = 3,
    ProgramLoad = 5,
    RawTracepointOpen = 17,
    BtfLoad = 18,
    MapFreeze = 22,
    LinkCreate = 28,
}

/// The beginnings of `union bpf_attr` for each command. The kernel takes what is beyond as zero.
trait Attributes {}

#[repr(C)]
struct MapElement {
    map: u32,
    reserved: u32,
    key: u64,
    value: u64,
    flags: u64,
}

#[repr(C)]
struct MapFreeze {
    map: u32,
}

#[repr(C)]
struct BtfLoad {
    btf: u64,
    log: u64,
    size: u32,
    log_size: u32,
    log_level: u32,
    reserved: u32,
}

#[repr(C)]
struct RawTracepointOpen {
    name: u64,
    program: u32,
    reserved: u32,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct ProgramLoad {
    program_type: u32,
    instruction_count: u32,
    instructions: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buffer: u64,
    kernel_version: u32,
    flags: u32,
    name: [u8; 16],
    interface: u32,
    expected_attach_type: u32,
    btf: u32,
    function_info_size: u32,
    function_info: u64,
    function_info_count: u32,
    line_info_size: u32,
    line_info: u64,
    line_info_count: u32,
    attach_btf_id: u32,
    attach_program: u32,
    reserved: u32,
}

impl Attributes for MapElement {}
impl Attributes for MapFreeze {}
impl Attributes for BtfLoad {}
impl Attributes for RawTracepointOpen {}
impl Attributes for ProgramLoad {}

fn bpf<T: Attributes>(command: Command, attributes: &T) -> io::Result<c_long> {
    // SAFETY: `attributes` is as long as stated, has no padding, and every address in it is of
    // memory that the caller borrows for longer than this call.
    check(unsafe {
        libc::syscall(
            libc::SYS_bpf,
            command as c_int,
            std::ptr::from_ref(attributes),
            size_of::<T>(),
        )
    })
}

fn check(result: c_long) -> io::Result<c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn owned(descriptor: c_long) -> io::Result<OwnedFd> {
    let descriptor = c_int::try_from(descriptor).map_err(io::Error::other)?;
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor and nothing else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        // Offsets of the last used field and its size in `union bpf_attr`.
        assert_eq!(size_of::<MapElement>(), 32);
        assert_eq!(size_of::<BtfLoad>(), 32);
        assert_eq!(size_of::<RawTracepointOpen>(), 16);
        assert_eq!(std::mem::offset_of!(ProgramLoad, attach_btf_id), 108);
        assert_eq!(size_of::<ProgramLoad>(), 120);
    }

    #[test]
    fn the_wall_clock_is_ahead_of_the_monotonic_one() {
        assert!(clock().unwrap().from_monotonic > 0);
    }
}
