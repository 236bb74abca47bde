//! Kprobes, one at a time and many at once.

use std::ffi::CString;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::{fs, io};

use super::{Attributes, Command, bpf, owned, perf_event};

/// At which end of a function a probe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Entry,
    Return,
}

/// `BPF_TRACE_KPROBE_MULTI` of `enum bpf_attach_type`.
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

fn c_names(functions: &[String]) -> io::Result<Vec<CString>> {
    functions.iter().map(|name| Ok(CString::new(name.as_str())?)).collect()
}

/// Makes an event of a function.
///
/// # Errors
///
/// As `perf_event_open(2)`, and those of reading the number of the kernel's kprobe unit in sysfs.
#[expect(clippy::disallowed_methods, reason = "the kernel numbers its event sources in /sys")]
pub(crate) fn open_event(function: &str, side: Side) -> io::Result<OwnedFd> {
    const UNIT: &str = "/sys/bus/event_source/devices/kprobe";
    let number = |text: &str| text.trim().parse().map_err(io::Error::other);
    let unit = number(&fs::read_to_string(format!("{UNIT}/type"))?)?;
    let configuration = match side {
        Side::Entry => 0,
        Side::Return => {
            // `config:0`
            let text = fs::read_to_string(format!("{UNIT}/format/retprobe"))?;
            let bit = number(text.rsplit(':').next().unwrap_or_default())?;
            1_u64.checked_shl(bit).unwrap_or(0)
        }
    };
    perf_event::open_probe(unit, configuration, &CString::new(function)?, 0)
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

impl Attributes for MultiLink {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_kernels_sizes() {
        assert_eq!(size_of::<MultiLink>(), 48);
    }
}
