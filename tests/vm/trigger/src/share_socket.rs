//! `share-socket TO TIMES`: makes a UDP socket, on which a child sends to TO, `ADDRESS:PORT`, so often.
//!
//! `send-on DESCRIPTOR TO TIMES`: what the child does.

use std::net::UdpSocket;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::process::Command;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [to, times] = arguments else { return Err("TO and TIMES are missing".into()) };
    let socket = UdpSocket::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    // SAFETY: takes no pointer.
    let shared = unsafe { libc::dup(socket.as_raw_fd()) };
    let itself = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new(itself).args(["send-on", &shared.to_string(), to, times]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

pub(crate) fn send_on(arguments: &[String]) -> Result<(), String> {
    let [descriptor, to, times] = arguments else {
        return Err("DESCRIPTOR, TO and TIMES are missing".into());
    };
    let number = |text: &String| text.parse::<i32>().map_err(|error| format!("{text}: {error}"));
    // SAFETY: the parent has left it open.
    let socket = unsafe { BorrowedFd::borrow_raw(number(descriptor)?) };
    let socket = socket.try_clone_to_owned().map(UdpSocket::from);
    let socket = socket.map_err(|error| error.to_string())?;
    for _ in 0..number(times)? {
        // Nobody listens, and the socket hears of it.
        let _ = socket.send_to(b"hello", to);
    }
    Ok(())
}
