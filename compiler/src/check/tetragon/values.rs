//! How Tetragon reads the values of conditions: Go's rules for numbers, and names of networks.

use std::net::IpAddr;

/// Go's `strconv.ParseInt(text, 0, …)` without a limit: the base is told by a prefix, and `_` may
/// stand between digits.
pub(super) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.contains("__") || digits.ends_with('_') || (base == 10 && digits.starts_with('_')) {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(&digits, base).ok()?;
    Some(if negative { -number } else { number })
}

/// A number in decimal, as `InMap` and ports take it.
pub(super) fn decimal(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.trim_start_matches('+').parse().ok() } else { None }
}

/// Both ends of `low:high`, where `:` stands once and both ends can be read.
pub(super) fn range(text: &str, read: fn(&str) -> Option<i128>) -> Option<(i128, i128)> {
    let (low, high) = text.split_once(':')?;
    Some((read(low)?, read(high)?))
}

/// Whether a text is an address or a block of addresses.
pub(super) fn is_address(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        let address = text.split_once('%').map_or(text, |(address, _)| address);
        return address.parse::<IpAddr>().is_ok();
    };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    let is_plain = bits == "0" || !bits.starts_with('0');
    is_plain
        && bits.bytes().all(|b| b.is_ascii_digit())
        && bits.parse().is_ok_and(|b: u8| b <= most)
}

/// Whether `word` is a capability's name; upper and lower case are the same.
pub(super) fn is_capability(word: &str) -> bool {
    let word = word.to_ascii_uppercase();
    let name = word.strip_prefix("CAP_");
    name.is_some_and(|name| CAPABILITIES.split_whitespace().any(|known| known == name))
}

/// Whether `word` names a protocol, as the operator `Protocol` takes it.
pub(super) fn is_protocol(word: &str) -> bool {
    named(word, "IPPROTO_", PROTOCOLS)
}

/// Whether `word` names an address family, as the operator `Family` takes it.
pub(super) fn is_family(word: &str) -> bool {
    named(word, "AF_", FAMILIES)
}

/// Whether `word` names a state of a TCP connection, as the operator `State` takes it.
pub(super) fn is_state(word: &str) -> bool {
    named(word, "TCP_", STATES)
}

/// Whether `word` is a kind of file, as the operator `FileType` takes it.
pub(super) fn is_file_type(word: &str) -> bool {
    FILE_TYPES.split_whitespace().any(|known| known == word)
}

fn named(word: &str, prefix: &str, names: &str) -> bool {
    let name = word.strip_prefix(prefix);
    name.is_some_and(|name| names.split_whitespace().any(|known| known == name))
}

// `include/uapi/linux/capability.h`
const CAPABILITIES: &str = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID \
    SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER \
    SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE \
    SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN \
    SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";
// `pkg/reader/network`
const PROTOCOLS: &str = "IP ICMP IGMP IPIP TCP EGP PUP UDP IDP TP DCCP IPV6 RSVP GRE ESP AH MTP \
    BEETPH ENCAP PIM COMP L2TP SCTP UDPLITE MPLS ETHERNET RAW SMC MPTCP ICMPV6";
const FAMILIES: &str = "UNSPEC UNIX LOCAL INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 \
    ROSE DECNET NETBEUI SECURITY KEY NETLINK ROUTE PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX \
    WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM \
    QIPCRTR SMC XDP MCTP";
const STATES: &str = "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT \
    LAST_ACK LISTEN CLOSING NEW_SYN_RECV";
const FILE_TYPES: &str = "sock socket lnk link reg regular blk block dir chr char fifo pipe";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_does() {
        let cases = [
            ("10", Some(10)),
            ("-1", Some(-1)),
            ("0x1F", Some(31)),
            ("010", Some(8)),
            ("0o17", Some(15)),
            ("0b11", Some(3)),
            ("1_000", Some(1000)),
            ("0x_ff", Some(255)),
            ("1__0", None),
            ("_1", None),
            ("", None),
            ("ten", None),
            ("--1", None),
            ("08", None),
        ];
        for (text, number) in cases {
            assert_eq!(integer(text), number, "{text}");
        }
    }

    #[test]
    fn addresses_are_single_or_blocks() {
        for good in ["10.0.0.1", "10.0.0.1/8", "::1", "fe80::/10", "0.0.0.0/0"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["10.0.0", "10.0.0.1/33", "10.0.0.1/08", "${PODCIDR}", "", "::/129"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
