//! Uprobes, one at a time and many at once.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};

use super::kprobe::Side;
use super::{Attributes, Command, bpf, owned, perf_event};

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

/// Makes an event for all processes and CPUs. `unit` is the number that
/// `/sys/bus/event_source/devices/uprobe/type` has.
///
/// # Errors
///
/// As `perf_event_open(2)`.
pub(crate) fn open_event(unit: u32, place: Place<'_>) -> io::Result<OwnedFd> {
    // PERF_PROBE_CONFIG_IS_RETPROBE, and PERF_UPROBE_REF_CTR_OFFSET_SHIFT.
    let is_return = match place.side {
        Side::Entry => 0,
        Side::Return => 1,
    };
    let configuration = is_return | u64::from(place.counter) << 32;
    perf_event::open_probe(unit, configuration, place.path, place.offset)
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

impl Attributes for MultiLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        assert_eq!(size_of::<MultiLink>(), 64);
        assert_eq!(std::mem::offset_of!(MultiLink, process), 56);
    }
}
