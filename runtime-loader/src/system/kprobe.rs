//! Kprobes whose programs are told where they were hit, which aya has no call for.
#![expect(unsafe_code, reason = "bpf(2) and perf_event_open(2) take pointers")]

use std::ffi::{CString, c_int, c_long};
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::{fs, io};

use super::{Attributes, Command, bpf, check, owned};

/// At which end of a function a probe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Entry,
    Return,
}

/// `BPF_PERF_EVENT` and `BPF_TRACE_KPROBE_MULTI` of `enum bpf_attach_type`.
const PERF_EVENT: u32 = 41;
pub(crate) const KPROBE_MULTI: u32 = 42;

/// `BPF_F_KPROBE_MULTI_RETURN`
const MULTI_RETURN: u32 = 1;

/// Attaches a program to all functions at once, or to none. The cookie of the nth is n. Closing the
/// result detaches it from all.
///
/// # Errors
///
/// As `BPF_LINK_CREATE`; `ESRCH` when the kernel does not know one of the names.
pub(crate) fn attach_to_all(
    program: BorrowedFd<'_>,
    functions: &[String],
    side: Side,
) -> io::Result<OwnedFd> {
    let names = c_names(functions)?;
    let pointers: Vec<u64> =
        names.iter().map(|name| name.as_ptr().expose_provenance() as u64).collect();
    let cookies: Vec<u64> = (0..pointers.len() as u64).collect();
    let attributes = MultiLink {
        program: program.as_raw_fd().cast_unsigned(),
        target: 0,
        attach_type: KPROBE_MULTI,
        flags: 0,
        multi_flags: match side {
            Side::Entry => 0,
            Side::Return => MULTI_RETURN,
        },
        count: u32::try_from(pointers.len()).map_err(io::Error::other)?,
        symbols: pointers.as_ptr().expose_provenance() as u64,
        addresses: 0,
        cookies: cookies.as_ptr().expose_provenance() as u64,
    };
    bpf(Command::LinkCreate, &attributes).and_then(owned)
}

/// Attaches a program to one function. Closing the result detaches it.
///
/// # Errors
///
/// As `perf_event_open(2)` and `BPF_LINK_CREATE`; those of reading the number of the kernel's kprobe
/// unit in sysfs.
pub(crate) fn attach_to_one(
    program: BorrowedFd<'_>,
    function: &str,
    side: Side,
    cookie: u64,
) -> io::Result<OwnedFd> {
    let event = open_event(function, side)?;
    let attributes = EventLink {
        program: program.as_raw_fd().cast_unsigned(),
        target: event.as_raw_fd().cast_unsigned(),
        attach_type: PERF_EVENT,
        flags: 0,
        cookie,
    };
    // The link keeps the event.
    bpf(Command::LinkCreate, &attributes).and_then(owned)
}

fn c_names(functions: &[String]) -> io::Result<Vec<CString>> {
    functions.iter().map(|name| Ok(CString::new(name.as_str())?)).collect()
}

#[expect(clippy::disallowed_methods, reason = "the kernel numbers its event sources in /sys")]
fn open_event(function: &str, side: Side) -> io::Result<OwnedFd> {
    const UNIT: &str = "/sys/bus/event_source/devices/kprobe";
    const CLOSE_ON_EXEC: c_long = 8;
    let number = |text: &str| text.trim().parse().map_err(io::Error::other);
    let type_ = number(&fs::read_to_string(format!("{UNIT}/type"))?)?;
    let config = match side {
        Side::Entry => 0,
        Side::Return => {
            // `config:0`
            let text = fs::read_to_string(format!("{UNIT}/format/retprobe"))?;
            let bit = number(text.rsplit(':').next().unwrap_or_default())?;
            1_u64.checked_shl(bit).unwrap_or(0)
        }
    };
    let name = CString::new(function)?;
    let event = Event {
        type_,
        size: SIZE,
        config,
        unused: [0; 5],
        function: name.as_ptr().expose_provenance() as u64,
        offset: 0,
    };
    // SAFETY: `event` is as long as it says, and the name in it outlives the call.
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

/// `PERF_ATTR_SIZE_VER1`
const SIZE: u32 = 72;

/// `struct perf_event_attr`, as far as kprobes need it.
#[repr(C)]
struct Event {
    type_: u32,
    size: u32,
    config: u64,
    unused: [u64; 5],
    function: u64,
    offset: u64,
}

#[repr(C)]
struct MultiLink {
    program: u32,
    target: u32,
    attach_type: u32,
    flags: u32,
    multi_flags: u32,
    count: u32,
    symbols: u64,
    addresses: u64,
    cookies: u64,
}

#[repr(C)]
struct EventLink {
    program: u32,
    target: u32,
    attach_type: u32,
    flags: u32,
    cookie: u64,
}

impl Attributes for MultiLink {}
impl Attributes for EventLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        assert_eq!((size_of::<MultiLink>(), size_of::<EventLink>()), (48, 24));
        assert_eq!(size_of::<Event>(), SIZE as usize);
        assert_eq!(std::mem::offset_of!(Event, function), 56);
    }
}
