//! `hand-over ADDRESS`: hands that address to system calls, and to a function of its own that is
//! probed, as if something of the program's were there.

use std::fs::File;
use std::hint::black_box;
use std::os::fd::AsRawFd as _;

/// Errors are none of its concern: the kernel refuses what is not the program's.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [address] = arguments else { return Err("ADDRESS is missing".into()) };
    let digits = address.trim_start_matches("0x");
    let address = usize::from_str_radix(digits, 16).map_err(|error| error.to_string())?;
    let null = File::options().write(true).open("/dev/null").map_err(|error| error.to_string())?;
    let (null, length) = (null.as_raw_fd(), 32_usize);
    let vector = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: length };
    // SAFETY: the kernel checks every address that it is handed.
    unsafe {
        libc::syscall(libc::SYS_chdir, address);
        libc::syscall(libc::SYS_write, null, address, length);
        libc::syscall(libc::SYS_writev, null, &raw const vector, 1);
        libc::syscall(libc::SYS_writev, null, address, 1);
        let socket = libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0);
        libc::syscall(libc::SYS_connect, socket, address, 16);
        libc::close(socket);
    }
    black_box(writ_handed_over(address, length));
    Ok(())
}

/// What the policy hooks. It does not follow the address.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn writ_handed_over(address: usize, length: usize) -> usize {
    black_box(address).wrapping_add(length)
}
