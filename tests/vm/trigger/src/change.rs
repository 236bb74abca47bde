//! `change WHAT SIZE FILE`: becomes something else than it was when it was started, and gives a file a
//! size. WHAT is `mnt` or `uts`, of which it gets a namespace of its own, `effective`, of which it
//! gives up `CAP_SYS_NICE`, or `nothing`.

use std::fs::OpenOptions;
use std::io::Error;

/// `CAP_SYS_NICE` and `_LINUX_CAPABILITY_VERSION_3` (`include/uapi/linux/capability.h`).
const SYS_NICE: u32 = 23;
const VERSION: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`, twice.
#[repr(C)]
#[derive(Default)]
struct Sets {
    low: [u32; 3],
    high: [u32; 3],
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [what, size, path] = arguments else {
        return Err("WHAT, SIZE and FILE are missing".into());
    };
    let size = size.parse().map_err(|error| format!("{size}: {error}"))?;
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|error| format!("{path}: {error}"))?;
    match what.as_str() {
        "nothing" => Ok(()),
        "mnt" => unshare(libc::CLONE_NEWNS),
        "uts" => unshare(libc::CLONE_NEWUTS),
        "effective" => give_up(),
        other => Err(Error::other(format!("nobody changes `{other}`"))),
    }
    .map_err(|error| format!("{what}: {error}"))?;
    file.set_len(size).map_err(|error| format!("{path}: {error}"))
}

fn unshare(flags: i32) -> Result<(), Error> {
    // SAFETY: it takes no pointer.
    match unsafe { libc::unshare(flags) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}

fn give_up() -> Result<(), Error> {
    let mut header = Header { version: VERSION, pid: 0 };
    let mut sets = Sets::default();
    // SAFETY: both are as large as the kernel's structures.
    if unsafe { libc::syscall(libc::SYS_capget, &raw mut header, &raw mut sets) } != 0 {
        return Err(Error::last_os_error());
    }
    sets.low[0] &= !(1 << SYS_NICE);
    // SAFETY: as above.
    match unsafe { libc::syscall(libc::SYS_capset, &raw mut header, &raw const sets) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}
