//! Events of perf(1)'s kind that programs run at: kprobes, uprobes and tracepoints.
#![expect(unsafe_code, reason = "ioctl(2) and perf_event_open(2) take pointers")]

use std::ffi::{CStr, c_int, c_ulong};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};

use super::{Attributes, Command, bpf, check, owned};

/// How a program is bound to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// By a link that tells the program a number, from 5.15 on.
    Link,
    /// By the event alone.
    Event,
}

/// Makes an event for all processes and CPUs of a unit that hooks code. `unit` is the number that
/// `/sys/bus/event_source/devices/UNIT/type` has; `place` a function or a file, and `offset` counts
/// from its beginning.
///
/// # Errors
///
/// As `perf_event_open(2)`.
pub(crate) fn open_probe(
    unit: u32,
    configuration: u64,
    place: &CStr,
    offset: u64,
) -> io::Result<OwnedFd> {
    let place = place.as_ptr().expose_provenance() as u64;
    open(&Event { type_: unit, size: SIZE, configuration, unused: [0; 5], place, offset })
}

/// Makes an event for all processes and CPUs of the tracepoint with this number.
///
/// # Errors
///
/// As `perf_event_open(2)`.
pub(crate) fn open_tracepoint(number: u64) -> io::Result<OwnedFd> {
    const TRACEPOINT: u32 = 2; // PERF_TYPE_TRACEPOINT
    let configuration = number;
    open(&Event {
        type_: TRACEPOINT,
        size: SIZE,
        configuration,
        unused: [0; 5],
        place: 0,
        offset: 0,
    })
}

/// Every address in `event` is of memory that the caller borrows for longer than this call.
fn open(event: &Event) -> io::Result<OwnedFd> {
    const CLOSE_ON_EXEC: c_ulong = 8; // PERF_FLAG_FD_CLOEXEC
    let (every_process, first_cpu, no_group): (c_int, c_int, c_int) = (-1, 0, -1);
    // SAFETY: `event` is as long as it says, and what it points to outlives the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            std::ptr::from_ref(event),
            every_process,
            first_cpu,
            no_group,
            CLOSE_ON_EXEC,
        )
    };
    check(result).and_then(owned)
}

/// Has a program run at an event. Closing the result detaches the program. The program sees the
/// `cookie` where it is bound by a link.
///
/// # Errors
///
/// As `BPF_LINK_CREATE` or `PERF_EVENT_IOC_SET_BPF`.
pub(crate) fn run_program(
    event: OwnedFd,
    program: BorrowedFd<'_>,
    binding: Binding,
    cookie: u64,
) -> io::Result<OwnedFd> {
    match binding {
        // The link keeps the event.
        Binding::Link => link(event.as_fd(), program, cookie),
        Binding::Event => set(event.as_fd(), program).map(|()| event),
    }
}

fn set(event: BorrowedFd<'_>, program: BorrowedFd<'_>) -> io::Result<()> {
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

fn link(event: BorrowedFd<'_>, program: BorrowedFd<'_>, cookie: u64) -> io::Result<OwnedFd> {
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

/// `PERF_ATTR_SIZE_VER1`
const SIZE: u32 = 72;

/// `struct perf_event_attr`, as far as it is used here.
#[repr(C)]
struct Event {
    type_: u32,
    size: u32,
    configuration: u64,
    unused: [u64; 5],
    place: u64,
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

impl Attributes for EventLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        assert_eq!(size_of::<EventLink>(), 24);
        assert_eq!(size_of::<Event>(), SIZE as usize);
        assert_eq!(std::mem::offset_of!(Event, place), 56);
    }
}
