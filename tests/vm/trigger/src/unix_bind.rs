//! `unix-bind PATH`: binds a datagram socket to a path, or to an abstract name that begins with `@`.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [path] = arguments else { return Err("PATH is missing".into()) };
    let address = match path.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(path),
    };
    let bound = address.and_then(|address| UnixDatagram::bind_addr(&address));
    bound.map(|_| ()).map_err(|error| format!("{path}: {error}"))
}
