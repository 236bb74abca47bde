//! What is asked of connections and packets, whose payload is at [`CURRENT`].

use std::collections::BTreeMap;

use writ_bundle::record::connection::{self, known};
use writ_bundle::record::item;

use super::coder::Coder;
use super::integer;
use super::library;
use super::registers::{CURRENT, RESULT};
use crate::ids::Id;
use crate::ir::Value;
use crate::machine::{Comparison, Label, Register, Size};
use crate::resolved::{End, Network, Reader, Signedness, SocketField, Structure};
use crate::set::IntegerSet;

impl Coder<'_> {
    /// Goes on at `yes` when the number is in the set, and at `unknown` when there is none.
    pub(super) fn socket(
        &mut self,
        value: Id<Value>,
        field: SocketField,
        set: &IntegerSet,
        yes: Label,
        no: Label,
        unknown: Label,
    ) {
        let reader = self.program.values[value].reader;
        if matches!(reader, Reader::Structure(Structure::SockaddrUn { .. })) {
            self.emitter.load(Size::Word, RESULT, CURRENT, FAMILY_OF_TEXT);
            return integer::member(&mut self.emitter, RESULT, PORT, set, yes, no);
        }
        let (bit, size, offset) = place(field);
        self.must_know(bit, unknown);
        self.load_part(size, RESULT, offset);
        integer::member(&mut self.emitter, RESULT, PORT, set, yes, no);
    }

    /// Goes on at `yes` when the address is in one of the networks, and at `unknown` when there is
    /// none.
    pub(super) fn address(
        &mut self,
        end: End,
        networks: &[Network],
        yes: Label,
        no: Label,
        unknown: Label,
    ) {
        let (bit, offset) = match end {
            End::Source => (known::SOURCE, connection::SOURCE),
            End::Destination => (known::DESTINATION, connection::DESTINATION),
        };
        let of_family = |is_ipv4| {
            let is_of = move |one: &&Network| one.address.is_ipv4() == is_ipv4;
            networks.iter().filter(is_of).map(|one| one.range()).collect::<Vec<_>>()
        };
        let (ipv4, ipv6) = (of_family(true), of_family(false));
        self.must_know(bit, unknown);
        self.load_part(Size::Half, RESULT, connection::FAMILY);
        let other = self.emitter.label();
        let family = i32::from(connection::IPV4);
        self.emitter.jump_if(RESULT, Comparison::NotEqual, family, other);
        self.ipv4(offset, &ipv4, yes, no);
        self.emitter.place(other);
        self.ipv6(offset, &ipv6, yes, no);
    }

    /// The address of IPv4 whose higher half would be at `offset`.
    fn ipv4(&mut self, offset: usize, ranges: &[(u128, u128)], yes: Label, no: Label) {
        self.load_part(Size::Double, RESULT, offset + 8);
        let set = half_set(ranges.iter().copied());
        integer::member(&mut self.emitter, RESULT, HALF, &set, yes, no);
    }

    /// Networks that begin with a whole higher half or less are asked about it alone. Of the others,
    /// those with the same higher half are asked about the lower one.
    fn ipv6(&mut self, offset: usize, ranges: &[(u128, u128)], yes: Label, no: Label) {
        let mut whole = Vec::new();
        let mut parts: BTreeMap<u64, Vec<(u128, u128)>> = BTreeMap::new();
        for (first, last) in ranges {
            let ([high, low], [last_high, last_low]) =
                (connection::halves(*first), connection::halves(*last));
            if low == 0 && last_low == u64::MAX {
                whole.push((u128::from(high), u128::from(last_high)));
            } else {
                parts.entry(high).or_default().push((low.into(), last_low.into()));
            }
        }
        self.load_part(Size::Double, RESULT, offset);
        let rest = self.emitter.label();
        if !whole.is_empty() {
            let set = half_set(whole);
            integer::member(&mut self.emitter, RESULT, HALF, &set, yes, rest);
        }
        self.emitter.place(rest);
        for (high, ranges) in parts {
            let next = self.emitter.label();
            let differs = Comparison::NotEqual;
            self.emitter.jump_if_number(RESULT, differs, high, Register::R1, next);
            self.load_part(Size::Double, RESULT, offset + 8);
            integer::member(&mut self.emitter, RESULT, HALF, &half_set(ranges), yes, no);
            self.emitter.place(next);
        }
        self.emitter.jump(no);
    }

    fn must_know(&mut self, bit: u8, unknown: Label) {
        let has_it = self.emitter.label();
        self.load_part(Size::Byte, RESULT, connection::KNOWN);
        self.emitter.jump_if(RESULT, Comparison::AnyBitSet, i32::from(bit), has_it);
        self.emitter.jump(unknown);
        self.emitter.place(has_it);
    }
}

/// Where the family stands that comes with the address of a Unix socket.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "it is 12")]
const FAMILY_OF_TEXT: i16 = library::FIRST_PAYLOAD - (item::SIZE - item::FLAGS) as i16;

/// The numbers of a connection have 16 bits.
const PORT: Reader = Reader::Integer { bytes: 2, signedness: Signedness::Unsigned };

/// Half of an address.
const HALF: Reader = Reader::Integer { bytes: 8, signedness: Signedness::Unsigned };

/// The bit that says whether the number is known, and where it is.
fn place(field: SocketField) -> (u8, Size, usize) {
    match field {
        SocketField::Port(End::Source) => (known::SOURCE, Size::Half, connection::SOURCE_PORT),
        SocketField::Port(End::Destination) => {
            (known::DESTINATION, Size::Half, connection::DESTINATION_PORT)
        }
        SocketField::Protocol => (known::PROTOCOL, Size::Half, connection::PROTOCOL),
        SocketField::Family => (known::FAMILY, Size::Half, connection::FAMILY),
        SocketField::State => (known::STATE, Size::Byte, connection::STATE),
    }
}

fn half_set(ranges: impl IntoIterator<Item = (u128, u128)>) -> IntegerSet {
    let number = |number: u128| i128::try_from(number).unwrap_or(i128::MAX);
    IntegerSet::from_ranges(ranges.into_iter().map(|(low, high)| (number(low), number(high))))
}
