//! Binds a TCP socket that has some options.

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

/// `bind-socket OPTION...`: each of `reuseport` and `rcvbuf` is set before.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let failed = || std::io::Error::last_os_error().to_string();
    // SAFETY: the call takes no pointers.
    let number = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0) };
    if number < 0 {
        return Err(failed());
    }
    // SAFETY: the descriptor was just made, and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    for argument in arguments {
        let (option, value) = match argument.as_str() {
            "reuseport" => (libc::SO_REUSEPORT, 1),
            "rcvbuf" => (libc::SO_RCVBUF, 16384),
            other => return Err(format!("no option is called `{other}`")),
        };
        set(&socket, option, value)?;
    }
    let address = libc::sockaddr_in {
        sin_family: libc::sa_family_t::try_from(libc::AF_INET).unwrap_or_default(),
        sin_port: 0,
        sin_addr: libc::in_addr { s_addr: 0 },
        sin_zero: [0; 8],
    };
    let size = length_of::<libc::sockaddr_in>();
    // SAFETY: the address is as long as it is said to be.
    let result = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), size) };
    if result == 0 { Ok(()) } else { Err(failed()) }
}

fn set(socket: &OwnedFd, option: i32, value: i32) -> Result<(), String> {
    // SAFETY: the value is as long as it is said to be.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            option,
            (&raw const value).cast(),
            length_of::<i32>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error().to_string()) }
}

fn length_of<T>() -> libc::socklen_t {
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or_default()
}
