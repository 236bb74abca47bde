//! Whether a number is in a set: a search tree of comparisons, so that the cost grows with the
//! logarithm of the set.

use super::emitter::Emitter;
use super::test::NUMBER;
use crate::machine::{Comparison, Label, Register};
use crate::resolved::{Reader, Signedness};
use crate::set::IntegerSet;

/// Up to this many ranges are asked one after another.
const LINEAR_MAX: usize = 3;

/// What does not fit in an immediate goes through here.
const SPARE: Register = Register::R1;

/// How the numbers of a register are compared.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    register: Register,
    signedness: Signedness,
}

/// Goes on at `yes` when the number in `register`, extended to 64 bits as `reader` says, is in the
/// set.
pub(super) fn member(
    emitter: &mut Emitter,
    register: Register,
    reader: Reader,
    set: &IntegerSet,
    yes: Label,
    no: Label,
) {
    let signedness = reader.number().map_or(Signedness::Unsigned, |(_, signedness)| signedness);
    let limits = reader.limits().unwrap_or((i128::MIN, i128::MAX));
    search(emitter, Numbers { register, signedness }, set.ranges(), limits, yes, no);
}

/// Goes on at `yes` when the number of 32 bits in `register` is one of `numbers`.
pub(super) fn one_of(
    emitter: &mut Emitter,
    register: Register,
    numbers: impl Iterator<Item = u32>,
    yes: Label,
    no: Label,
) {
    let set = IntegerSet::from_ranges(numbers.map(|one| (i128::from(one), i128::from(one))));
    member(emitter, register, NUMBER, &set, yes, no);
}

/// Asks about `ranges`, of a number that is within `limits`.
fn search(
    emitter: &mut Emitter,
    numbers: Numbers,
    ranges: &[(i128, i128)],
    limits: (i128, i128),
    yes: Label,
    no: Label,
) {
    if ranges.len() <= LINEAR_MAX {
        return linear(emitter, numbers, ranges, limits, yes, no);
    }
    let (left, right) = ranges.split_at(ranges.len() / 2);
    let Some(&(_, last)) = left.last() else { return };
    let above = emitter.label();
    compare(emitter, numbers, Order::Greater, last, above);
    search(emitter, numbers, left, (limits.0, last), yes, no);
    emitter.place(above);
    search(emitter, numbers, right, (last + 1, limits.1), yes, no);
}

fn linear(
    emitter: &mut Emitter,
    numbers: Numbers,
    ranges: &[(i128, i128)],
    limits: (i128, i128),
    yes: Label,
    no: Label,
) {
    let (mut lowest, highest) = limits;
    for &(low, high) in ranges {
        if low == high && low != lowest {
            compare(emitter, numbers, Order::Equal, low, yes);
            continue;
        }
        // Below this range and above those before it, the number is in none.
        if low > lowest {
            compare(emitter, numbers, Order::Less, low, no);
        }
        if high >= highest {
            return emitter.jump(yes);
        }
        compare(emitter, numbers, Order::LessOrEqual, high, yes);
        lowest = high + 1;
    }
    emitter.jump(no);
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
}

fn compare(emitter: &mut Emitter, numbers: Numbers, order: Order, number: i128, target: Label) {
    let comparison = match (order, numbers.signedness) {
        (Order::Equal, _) => Comparison::Equal,
        (Order::Less, Signedness::Signed) => Comparison::SignedLess,
        (Order::Less, Signedness::Unsigned) => Comparison::Less,
        (Order::LessOrEqual, Signedness::Signed) => Comparison::SignedLessOrEqual,
        (Order::LessOrEqual, Signedness::Unsigned) => Comparison::LessOrEqual,
        (Order::Greater, Signedness::Signed) => Comparison::SignedGreater,
        (Order::Greater, Signedness::Unsigned) => Comparison::Greater,
    };
    emitter.jump_if_number(numbers.register, comparison, bits(number), SPARE, target);
}

/// The 64 bits of a number that a register can hold.
fn bits(number: i128) -> u64 {
    u64::try_from(number & i128::from(u64::MAX)).unwrap_or(0)
}
