//! The payload of a `sock`, `socket`, `skb` or `sockaddr`: the ends of a connection or packet, and
//! what is known of it besides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{bytes_at, u32_at};

/// `u16`: `AF_…`.
pub const FAMILY: usize = 0;
/// `u16`: `SOCK_…`.
pub const TYPE: usize = 2;
/// `u16`: `IPPROTO_…`.
pub const PROTOCOL: usize = 4;
/// `u8`: `TCP_…`.
pub const STATE: usize = 6;
/// `u8`: see [`known`].
pub const KNOWN: usize = 7;
/// `u16`: the source's port, as a number.
pub const SOURCE_PORT: usize = 8;
/// `u16`: the destination's port, as a number.
pub const DESTINATION_PORT: usize = 10;
/// `u32`
pub const MARK: usize = 12;
/// `u32`
pub const PRIORITY: usize = 16;
/// `u32`: of a packet.
pub const HASH: usize = 20;
/// Two `u64`, the higher half first: the source's address as a number. An address of IPv4 is in the
/// lower half alone.
pub const SOURCE: usize = 24;
/// The same for the destination.
pub const DESTINATION: usize = 40;
/// `u32`: bytes of a packet.
pub const LENGTH: usize = 56;
/// `u32`: transformations of `IPsec` that a packet went through.
pub const SECURITY_PATH: usize = 60;
/// `u32`: those of them that the hardware did.
pub const SECURITY_PATH_OFFLOADED: usize = 64;
/// `u32`: zero.
pub const RESERVED: usize = 68;
/// `u64`: tells one socket from another: its address in the kernel.
pub const COOKIE: usize = 72;
/// Bytes of the payload.
pub const SIZE: usize = 80;

/// Bits of [`KNOWN`]: what can be asked about. A condition on anything else does not match, in
/// neither sense.
pub mod known {
    /// Address and port of the source; the family is one of IP.
    pub const SOURCE: u8 = 1;
    /// Address and port of the destination; the family is one of IP.
    pub const DESTINATION: u8 = 2;
    pub const PROTOCOL: u8 = 4;
    pub const FAMILY: u8 = 8;
    pub const STATE: u8 = 16;
}

/// `AF_INET`
pub const IPV4: u16 = 2;
/// `AF_INET6`
pub const IPV6: u16 = 10;

/// The payload, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Connection {
    pub family: u16,
    pub type_: u16,
    pub protocol: u16,
    pub state: u8,
    /// Bits of [`known`].
    pub known: u8,
    pub source_port: u16,
    pub destination_port: u16,
    pub mark: u32,
    pub priority: u32,
    pub hash: u32,
    /// The source's address as a number.
    pub source: u128,
    /// The destination's address as a number.
    pub destination: u128,
    pub length: u32,
    pub security_path: u32,
    pub security_path_offloaded: u32,
    pub cookie: u64,
}

impl Connection {
    /// Reads a payload; `None` when it is too short.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let u16_at = |offset| bytes_at(payload, offset).map(u16::from_le_bytes);
        let u64_at = |offset| bytes_at(payload, offset).map(u64::from_le_bytes);
        let address =
            |offset| Some(u128::from(u64_at(offset)?) << 64 | u128::from(u64_at(offset + 8)?));
        Some(Self {
            family: u16_at(FAMILY)?,
            type_: u16_at(TYPE)?,
            protocol: u16_at(PROTOCOL)?,
            state: *payload.get(STATE)?,
            known: *payload.get(KNOWN)?,
            source_port: u16_at(SOURCE_PORT)?,
            destination_port: u16_at(DESTINATION_PORT)?,
            mark: u32_at(payload, MARK)?,
            priority: u32_at(payload, PRIORITY)?,
            hash: u32_at(payload, HASH)?,
            source: address(SOURCE)?,
            destination: address(DESTINATION)?,
            length: u32_at(payload, LENGTH)?,
            security_path: u32_at(payload, SECURITY_PATH)?,
            security_path_offloaded: u32_at(payload, SECURITY_PATH_OFFLOADED)?,
            cookie: u64_at(COOKIE)?,
        })
    }

    /// The bytes that [`Self::parse`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIZE);
        for number in [self.family, self.type_, self.protocol] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([self.state, self.known]);
        bytes.extend(self.source_port.to_le_bytes());
        bytes.extend(self.destination_port.to_le_bytes());
        for number in [self.mark, self.priority, self.hash] {
            bytes.extend(number.to_le_bytes());
        }
        for address in [self.source, self.destination] {
            let [high, low] = halves(address);
            bytes.extend(high.to_le_bytes());
            bytes.extend(low.to_le_bytes());
        }
        for number in [self.length, self.security_path, self.security_path_offloaded, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.cookie.to_le_bytes());
        bytes
    }

    /// The source's address, when it has one.
    pub fn source_address(&self) -> Option<IpAddr> {
        self.address(known::SOURCE, self.source)
    }

    /// The destination's address, when it has one.
    pub fn destination_address(&self) -> Option<IpAddr> {
        self.address(known::DESTINATION, self.destination)
    }

    fn address(&self, bit: u8, number: u128) -> Option<IpAddr> {
        if self.known & bit == 0 {
            return None;
        }
        match self.family {
            IPV4 => u32::try_from(number).ok().map(|bits| Ipv4Addr::from_bits(bits).into()),
            IPV6 => Some(Ipv6Addr::from_bits(number).into()),
            _ => None,
        }
    }
}

/// The higher and the lower half of a number.
pub fn halves(number: u128) -> [u64; 2] {
    let low = number & u128::from(u64::MAX);
    [number >> 64, low].map(|half| u64::try_from(half).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_as_it_was_written() {
        let connection = Connection {
            family: IPV6,
            type_: 1,
            protocol: 6,
            state: 2,
            known: known::SOURCE | known::FAMILY,
            source_port: 0x1234,
            destination_port: 80,
            mark: 7,
            priority: 8,
            hash: 9,
            source: 1 << 127 | 5,
            destination: 3,
            length: 10,
            security_path: 11,
            security_path_offloaded: 12,
            cookie: u64::MAX - 1,
        };
        let bytes = connection.to_bytes();
        assert_eq!(bytes.len(), SIZE);
        assert_eq!(Connection::parse(&bytes), Some(connection.clone()));
        assert_eq!(Connection::parse(&bytes[1..]), None);
        assert_eq!(connection.source_address(), Some("8000::5".parse().unwrap()));
        assert_eq!(connection.destination_address(), None);
    }
}
