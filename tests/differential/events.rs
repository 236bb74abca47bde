//! Random events.

use std::collections::BTreeMap;
use std::net::IpAddr;

use writ::ir::interpret::{Event, Process, Raw};
use writ::ir::{Module, Program};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ::resolved::{Reader, Structure};
use writ_bundle::Mode;
use writ_bundle::record::TEXT_MAX;
use writ_bundle::record::connection::{self, Connection, known};

use super::{LOWEST_NAMESPACE, SMALL};
use crate::machine::HOST_NAMESPACES;
use crate::random::Random;
use crate::random::policies::{address, text};
use crate::random::processes::{capability_bits, known};
use crate::random::workloads::workload;

/// An event without values.
pub(super) fn event(random: &mut Random, module: &Module, time: u64) -> Event {
    let pid = small(random);
    let host: BTreeMap<NamespaceKind, u32> =
        NamespaceKind::ALL.into_iter().zip(HOST_NAMESPACES).collect();
    let mut namespaces = host.clone();
    for kind in NamespaceKind::ALL {
        match random.below(6) {
            0 => drop(namespaces.remove(&kind)),
            1 | 2 => drop(namespaces.insert(kind, LOWEST_NAMESPACE + small(random))),
            _ => {}
        }
    }
    let capabilities: BTreeMap<CapabilitySet, u64> =
        CapabilitySet::ALL.into_iter().map(|set| (set, capability_bits(random))).collect();
    let known = known(random, &namespaces, &capabilities);
    let modes = (0..).zip(&module.policies).filter(|_| random.once_in(2)).map(|(number, _)| number);
    let modes: Vec<u32> = modes.collect();
    let mode =
        |random: &mut Random| *random.one_of(&[Mode::Enforce, Mode::Monitor, Mode::Disabled]);
    Event {
        values: BTreeMap::new(),
        file_types: BTreeMap::new(),
        process: Process {
            pid,
            tid: pid + small(random),
            namespace_pid: small(random),
            known,
            workload: workload(random),
        },
        cookie: 0,
        namespaces,
        capabilities,
        host_namespaces: host,
        time,
        modes: modes.into_iter().map(|policy| (policy, mode(random))).collect(),
    }
}

fn small(random: &mut Random) -> u32 {
    u32::try_from(random.below(SMALL.into())).unwrap_or(0)
}

/// A value for each that `program` has.
pub(super) fn values(random: &mut Random, program: &Program) -> BTreeMap<u16, Raw> {
    let mut raw = |value: &writ::ir::Value| {
        if !value.reader.is_located() {
            return Raw::Bits(random.bits());
        }
        if value.reader == Reader::Structure(Structure::Sock) {
            return socket(random);
        }
        if matches!(value.reader, Reader::Structure(Structure::SockaddrUn { .. })) {
            // A path comes with its family, and is never too long.
            if random.once_in(8) {
                return if random.once_in(2) { Raw::Unreadable } else { Raw::Absent };
            }
            let family = u16::try_from(random.below(3)).unwrap_or(0);
            return Raw::UnixAddress { family, path: text(random).into_bytes() };
        }
        match random.below(12) {
            0 => Raw::Unreadable,
            1 => Raw::Absent,
            2 => Raw::Truncated(long(random, 40)),
            3 => Raw::Text(Vec::new()),
            4 => {
                let times = random.length(1..60);
                Raw::Text(long(random, times))
            }
            _ => Raw::Text(text(random).into_bytes()),
        }
    };
    program.values.iter().map(|(_, value)| (value.item, raw(value))).collect()
}

/// A connection of which some things are known.
fn socket(random: &mut Random) -> Raw {
    if random.once_in(8) {
        return if random.once_in(2) { Raw::Unreadable } else { Raw::Absent };
    }
    let number = |random: &mut Random| u16::try_from(random.bits() & 0xf).unwrap_or(0);
    let (source, destination) = (address(random), address(random));
    let known = u8::try_from(random.below(32)).unwrap_or(0);
    // Both ends are of one family, and only IP has ends.
    let is_same = source.is_ipv4() == destination.is_ipv4();
    let lost = if is_same { 0 } else { known::DESTINATION };
    let number_of = |address: IpAddr| match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    };
    let connection = Connection {
        family: if source.is_ipv4() { connection::IPV4 } else { connection::IPV6 },
        known: known & !lost,
        source: number_of(source),
        destination: if is_same { number_of(destination) } else { 0 },
        source_port: number(random),
        destination_port: number(random),
        protocol: number(random),
        state: u8::try_from(random.below(13)).unwrap_or(0),
        // One of few, so that those that are tracked come again.
        cookie: random.below(6),
        ..Connection::default()
    };
    Raw::Structure(connection.to_bytes())
}

/// A text so many times, as far as the longest that the library keeps.
fn long(random: &mut Random, times: usize) -> Vec<u8> {
    let mut bytes = text(random).repeat(times).into_bytes();
    bytes.truncate(TEXT_MAX);
    bytes
}
