//! `acknowledge PORT`: sends the kernel a netlink message that asks for nothing but an answer, from
//! this port. The kernel answers from inside the call that delivers it, with the same function.

use std::mem::size_of;

/// `NLMSG_NOOP`, and the flags `NLM_F_REQUEST` and `NLM_F_ACK`.
const NOTHING: u16 = 1;
const REQUEST: u16 = 1;
const ACKNOWLEDGE: u16 = 4;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [port] = arguments else { return Err("PORT is missing".into()) };
    let port: u32 = port.parse().map_err(|error| format!("{port}: {error}"))?;
    let header = [16_u32.to_le_bytes(), flags().to_le_bytes(), [0; 4], [0; 4]].concat();
    let mut answer = [0_u8; 256];
    // SAFETY: addresses and buffers are as long as is said.
    let (sent, received) = unsafe {
        let socket = libc::socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE);
        let mut address: libc::sockaddr_nl = std::mem::zeroed();
        address.nl_family = libc::sa_family_t::try_from(libc::AF_NETLINK).unwrap_or(0);
        address.nl_pid = port;
        let length = libc::socklen_t::try_from(size_of::<libc::sockaddr_nl>()).unwrap_or(0);
        if libc::bind(socket, (&raw const address).cast(), length) != 0 {
            return Err(std::io::Error::last_os_error().to_string());
        }
        address.nl_pid = 0;
        let sent = libc::sendto(
            socket,
            header.as_ptr().cast(),
            header.len(),
            0,
            (&raw const address).cast(),
            length,
        );
        (sent, libc::recv(socket, answer.as_mut_ptr().cast(), answer.len(), 0))
    };
    println!("{sent} sent, {received} received");
    Ok(())
}

/// Type and flags of the message, as one number.
fn flags() -> u32 {
    u32::from(NOTHING) | u32::from(REQUEST | ACKNOWLEDGE) << 16
}
