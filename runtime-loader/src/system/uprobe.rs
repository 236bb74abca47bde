//! Programs at places of user space, which aya does not attach as they need it.
#![expect(unsafe_code, reason = "bpf(2), ioctl(2) and perf_event_open(2) take pointers")]

use std::ffi::{CStr, c_int, c_ulong};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};

use super::kprobe::Side;
use super::{Attributes, Command, bpf, check, owned};

/// A place in a file that user space executes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub path: &'a CStr,
    /// Bytes from the beginning of the file.
    pub offset: u64,
    /// Offset of the reference counter, 0 for none. An event has room for 32 bits.
    pub counter: u32,
    pub side: Side,
}

/// Makes an event for all processes and CPUs. `type_` is the number that
/// `/sys/bus/event_source/devices/uprobe/type` has.
///
/// # Errors
///
/// As `perf_event_open(2)`.
pub(crate) fn open_event(type_: u32, place: Place<'_>) -> io::Result<OwnedFd> {
    const CLOSE_ON_EXEC: c_ulong = 8;
    // PERF_PROBE_CONFIG_IS_RETPROBE, and PERF_UPROBE_REF_CTR_OFFSET_SHIFT.
    let is_return = match place.side {
        Side::Entry => 0,
        Side::Return => 1,
    };
    let event = Event {
        type_,
        size: SIZE,
        config: is_return | u64::from(place.counter) << 32,
        unused: [0; 5],
        path: place.path.as_ptr().expose_provenance() as u64,
        offset: place.offset,
    };
    // SAFETY: `event` is as long as it says, and the path in it outlives the call.
    let result = unsafe {
        let (every_process, first_cpu, no_group): (c_int, c_int, c_int) = (-1, 0, -1);
        let event = &raw const event;
        libc::syscall(
            libc::SYS_perf_event_open,
            event,
            every_process,
            first_cpu,
            no_group,
            CLOSE_ON_EXEC,
        )
    };
    check(result).and_then(owned)
}

/// Has a program run at an event. Closing the event detaches the program.
///
/// # Errors
///
/// As `PERF_EVENT_IOC_SET_BPF`.
pub(crate) fn set_program(event: BorrowedFd<'_>, program: BorrowedFd<'_>) -> io::Result<()> {
    // PERF_EVENT_IOC_SET_BPF and PERF_EVENT_IOC_ENABLE.
    const SET_PROGRAM: libc::Ioctl = 0x4004_2408;
    const ENABLE: libc::Ioctl = 0x2400;
    // SAFETY: neither takes a pointer.
    unsafe {
        check(libc::ioctl(event.as_raw_fd(), SET_PROGRAM, program.as_raw_fd()).into())?;
        check(libc::ioctl(event.as_raw_fd(), ENABLE, 0).into())?;
    }
    Ok(())
}

/// The same with a number that the program sees, from 5.15 on. Closing the result detaches the
/// program; it keeps the event.
///
/// # Errors
///
/// As `BPF_LINK_CREATE`.
pub(crate) fn link_program(
    event: BorrowedFd<'_>,
    program: BorrowedFd<'_>,
    cookie: u64,
) -> io::Result<OwnedFd> {
    const PERF_EVENT: u32 = 41; // BPF_PERF_EVENT
    let attributes = EventLink {
        program: program.as_raw_fd().cast_unsigned(),
        event: event.as_raw_fd().cast_unsigned(),
        attach_type: PERF_EVENT,
        flags: 0,
        cookie,
    };
    bpf(Command::LinkCreate, &attributes).and_then(owned)
}

/// Places of one file. The lists are equally long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    pub path: &'a CStr,
    pub offsets: &'a [u64],
    /// 0 for none.
    pub counters: &'a [u64],
    /// Numbers that the program sees.
    pub cookies: &'a [u64],
    pub side: Side,
}

/// Attaches a program to many places at once, from 6.6 on. Closing the result detaches it from all.
///
/// # Errors
///
/// As `BPF_LINK_CREATE`; `InvalidInput` when the lists are not equally long.
pub(crate) fn attach_to_all(program: BorrowedFd<'_>, places: Places<'_>) -> io::Result<OwnedFd> {
    let count = places.offsets.len();
    if places.counters.len() != count || places.cookies.len() != count {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let address = |list: &[u64]| list.as_ptr().expose_provenance() as u64;
    let attributes = MultiLink {
        program: program.as_raw_fd().cast_unsigned(),
        target: 0,
        attach_type: UPROBE_MULTI,
        flags: 0,
        path: places.path.as_ptr().expose_provenance() as u64,
        offsets: address(places.offsets),
        counters: address(places.counters),
        cookies: address(places.cookies),
        count: u32::try_from(count).map_err(io::Error::other)?,
        multi_flags: match places.side {
            Side::Entry => 0,
            Side::Return => MULTI_RETURN,
        },
        process: 0,
        reserved: 0,
    };
    bpf(Command::LinkCreate, &attributes).and_then(owned)
}

/// `BPF_TRACE_UPROBE_MULTI` of `enum bpf_attach_type`.
pub(crate) const UPROBE_MULTI: u32 = 48;

/// `BPF_F_UPROBE_MULTI_RETURN`
const MULTI_RETURN: u32 = 1;

/// `PERF_ATTR_SIZE_VER1`
const SIZE: u32 = 72;

/// `struct perf_event_attr`, as far as uprobes need it.
#[repr(C)]
struct Event {
    type_: u32,
    size: u32,
    config: u64,
    unused: [u64; 5],
    path: u64,
    offset: u64,
}

#[repr(C)]
struct EventLink {
    program: u32,
    event: u32,
    attach_type: u32,
    flags: u32,
    cookie: u64,
}

#[repr(C)]
struct MultiLink {
    program: u32,
    target: u32,
    attach_type: u32,
    flags: u32,
    path: u64,
    offsets: u64,
    counters: u64,
    cookies: u64,
    count: u32,
    multi_flags: u32,
    process: u32,
    reserved: u32,
}

impl Attributes for EventLink {}
impl Attributes for MultiLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        assert_eq!((size_of::<MultiLink>(), size_of::<EventLink>()), (64, 24));
        assert_eq!(std::mem::offset_of!(MultiLink, process), 56);
        assert_eq!(size_of::<Event>(), SIZE as usize);
        assert_eq!(std::mem::offset_of!(Event, path), 56);
    }
}
