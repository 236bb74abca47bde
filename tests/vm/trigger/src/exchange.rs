//! `exchange tcp|udp|extended FROM TO`: a socket at FROM sends five bytes to one at TO, both
//! `ADDRESS:PORT`; `extended` is UDP over IPv6 with two extension headers.
//!
//! `connect FROM TO`: a socket of TCP at FROM connects to TO, where nobody may listen.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

const MESSAGE: &[u8] = b"hello";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [protocol, from, to] = arguments else {
        return Err("tcp, udp or extended, FROM and TO are missing".into());
    };
    let (from, to) = (address(from)?, address(to)?);
    let result = match protocol.as_str() {
        "tcp" => TcpListener::bind(to).and_then(|listener| {
            connected(from, to)?.write_all(MESSAGE)?;
            listener.accept().map(|_| ())
        }),
        "udp" | "extended" => UdpSocket::bind(to).and_then(|receiver| {
            let sender = UdpSocket::bind(from)?;
            if protocol == "extended" {
                extend(&sender)?;
            }
            sender.send_to(MESSAGE, to)?;
            receiver.recv_from(&mut [0; 8]).map(|_| ())
        }),
        _ => return Err(format!("{protocol} is not known")),
    };
    result.map_err(|error| error.to_string())
}

/// Gives all packets of the socket options for each hop and for their destination: padding.
fn extend(socket: &UdpSocket) -> std::io::Result<()> {
    let options = [0_u8, 0, 1, 4, 0, 0, 0, 0];
    for option in [libc::IPV6_HOPOPTS, libc::IPV6_DSTOPTS] {
        // SAFETY: the pointer is to eight bytes that live until the call returns.
        let result = unsafe {
            let descriptor = socket.as_raw_fd();
            libc::setsockopt(descriptor, libc::IPPROTO_IPV6, option, options.as_ptr().cast(), 8)
        };
        if result < 0 {
            return Err(std::io::Error::last_os_error());
        }
    }
    Ok(())
}

pub(crate) fn connect(arguments: &[String]) -> Result<(), String> {
    let [from, to] = arguments else { return Err("FROM and TO are missing".into()) };
    match connected(address(from)?, address(to)?) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

/// A stream whose own end was chosen, which the standard library cannot.
fn connected(from: SocketAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let family = if from.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    // SAFETY: takes no pointer.
    let descriptor = unsafe { libc::socket(family, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) };
    if descriptor < 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: it was just opened, and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    for (address, call) in [(from, Call::Bind), (to, Call::Connect)] {
        let (bytes, length) = raw(address);
        let pointer = (&raw const bytes).cast();
        // SAFETY: the pointer is to `length` bytes of an address that live until the call returns.
        let result = unsafe {
            match call {
                Call::Bind => libc::bind(socket.as_raw_fd(), pointer, length),
                Call::Connect => libc::connect(socket.as_raw_fd(), pointer, length),
            }
        };
        if result < 0 {
            return Err(std::io::Error::last_os_error());
        }
    }
    Ok(TcpStream::from(socket))
}

#[derive(Debug, Clone, Copy)]
enum Call {
    Bind,
    Connect,
}

/// The address as the kernel wants it, and its length.
fn raw(address: SocketAddr) -> ([u8; 28], libc::socklen_t) {
    let mut bytes = [0; 28];
    let family = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    bytes[0] = u8::try_from(family).unwrap_or(0);
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    match address {
        SocketAddr::V4(address) => {
            bytes[4..8].copy_from_slice(&address.ip().octets());
            (bytes, 16)
        }
        SocketAddr::V6(address) => {
            bytes[8..24].copy_from_slice(&address.ip().octets());
            (bytes, 28)
        }
    }
}
