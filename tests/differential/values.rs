//! Random values of events.

use std::net::IpAddr;

use writ::ir::interpret::{Event, Raw};
use writ::ir::{Program, Value, ValueOrigin};
use writ::kernel::Form;
use writ::resolved::{FileType, Origin, Reader, Signedness, Structure, Walk, WalkStep};
use writ_bundle::Attach;
use writ_bundle::record::TEXT_MAX;
use writ_bundle::record::connection::{self, Connection, known};

use crate::random::Random;
use crate::random::conditions::{address, text};
use crate::random::points::CALLS;

/// Stack pointers where calls begin: few, so that calls are inside others of the same function.
const FRAMES: u64 = 2;

/// Bytes that all values of an event have together, so that all have room in its record.
const BYTES: usize = 16_000;

/// Gives the event a value for each that `program` has, and a place where the program was hit.
pub(super) fn fill(random: &mut Random, program: &Program, event: &mut Event) {
    event.cookie = u16::try_from(random.below(places(&program.attach))).unwrap_or(0);
    event.call = *random.one_of(&CALLS);
    event.frame = 1 + random.below(FRAMES);
    event.values.clear();
    event.file_types.clear();
    let mut left = BYTES;
    for (_, value) in program.values.iter() {
        let raw = raw(random, program, value, left);
        if let Raw::Text(bytes) | Raw::Truncated(bytes) = &raw {
            left -= bytes.len();
        }
        if raw != Raw::Unreadable && !random.once_in(6) {
            event.file_types.insert(value.item, random.one_of(&FileType::NAMES).0);
        }
        event.values.insert(value.item, raw);
    }
}

/// In how many places the program is.
fn places(attach: &Attach) -> u64 {
    match attach {
        Attach::Uprobe { places, .. } | Attach::Uretprobe { places, .. } => places.len() as u64,
        // Any number stands for a place of a probe.
        Attach::Usdt { .. } => 1 << 16,
        attach @ (Attach::KprobeMulti { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Kprobes { .. }
        | Attach::Kretprobes { .. }) => attach.names().len() as u64,
        _ => 1,
    }
}

fn raw(random: &mut Random, program: &Program, value: &Value, left: usize) -> Raw {
    match value.reader {
        reader if !reader.is_located() => number(random, program, value),
        Reader::Structure(Structure::SockaddrUn { .. }) => {
            // A path comes with its family, and is never too long.
            let family = u16::try_from(random.below(3)).unwrap_or(0);
            let path = text(random).into_bytes();
            mostly(random, Raw::UnixAddress { family, path })
        }
        Reader::Structure(structure) if structure.is_connection() => {
            let connection = connection(random);
            mostly(random, connection)
        }
        Reader::Structure(structure) if !structure.is_text() => {
            let bytes = (0..random.length(1..9)).flat_map(|_| random.bits().to_le_bytes());
            let payload = Raw::Structure(bytes.collect());
            mostly(random, payload)
        }
        Reader::Buffer { .. }
        | Reader::Vectors { .. }
        | Reader::Bytes { .. }
        | Reader::Structure(Structure::IovIter) => zeroed(random, left),
        _ => texts(random, left),
    }
}

/// The value, or now and then none.
fn mostly(random: &mut Random, raw: Raw) -> Raw {
    match random.below(16) {
        0 => Raw::Unreadable,
        1 => Raw::Absent,
        _ => raw,
    }
}

fn number(random: &mut Random, program: &Program, value: &Value) -> Raw {
    if can_fail(program, value) && random.once_in(8) {
        return Raw::Unreadable;
    }
    let bits = random.bits();
    Raw::Bits(match (width(value), value.reader.number()) {
        (64, _) | (_, None) => bits,
        // What is narrower than the reader thinks is extended.
        (width, Some((_, Signedness::Signed))) => {
            (bits << (64 - width)).cast_signed().wrapping_shr(64 - width).cast_unsigned()
        }
        (width, Some((_, Signedness::Unsigned))) => bits << (64 - width) >> (64 - width),
    })
}

/// How many bits there are of a number.
fn width(value: &Value) -> u32 {
    if matches!(value.reader, Reader::Capabilities(_)) {
        return 64;
    }
    let of_end = |walk: &Walk| match walk.steps.last() {
        Some(WalkStep::Member { bit_size, .. }) if *bit_size > 0 => *bit_size,
        _ => walk.end().map_or(8, Form::bytes) * 8,
    };
    match (&value.walk, value.origin) {
        (Some(walk), _) => of_end(walk),
        (None, ValueOrigin::Hook(Origin::Field { bytes, .. } | Origin::Register { bytes, .. })) => {
            bytes * 8
        }
        (None, _) => 64,
    }
}

/// Whether it can turn out that a number cannot be read.
fn can_fail(program: &Program, value: &Value) -> bool {
    let ValueOrigin::Hook(origin) = value.origin else { return false };
    let in_memory = match origin {
        Origin::SyscallParameter(..) => matches!(program.attach, Attach::Kprobe { .. }),
        Origin::UserParameter(place) => place > 5,
        Origin::UsdtArgument(_) => true,
        Origin::Parameter(_)
        | Origin::Field { .. }
        | Origin::Return { .. }
        | Origin::CurrentTask
        | Origin::Register { .. } => false,
    };
    in_memory || value.walk.is_some() || matches!(value.reader, Reader::Capabilities(_))
}

/// Bytes of any kind.
fn zeroed(random: &mut Random, left: usize) -> Raw {
    let mut raw = texts(random, left);
    if let Raw::Text(bytes) | Raw::Truncated(bytes) = &mut raw
        && !bytes.is_empty()
        && random.once_in(2)
    {
        let place = random.length(0..bytes.len());
        bytes[place] = 0;
    }
    raw
}

fn texts(random: &mut Random, left: usize) -> Raw {
    match random.below(12) {
        0 => Raw::Unreadable,
        1 => Raw::Absent,
        2 => Raw::Truncated(long(random, 40, left)),
        3 => Raw::Text(Vec::new()),
        4 => {
            let times = random.length(1..60);
            Raw::Text(long(random, times, left))
        }
        _ => Raw::Text(long(random, 1, left)),
    }
}

/// A text so many times, as far as the longest that the library keeps.
fn long(random: &mut Random, times: usize, left: usize) -> Vec<u8> {
    let mut bytes = text(random).repeat(times).into_bytes();
    bytes.truncate(TEXT_MAX.min(left));
    bytes
}

/// A connection of which some things are known.
fn connection(random: &mut Random) -> Raw {
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
