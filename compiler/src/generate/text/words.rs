//! Patterns as comparisons of 8-byte words: a tree that branches where the words differ, so that
//! each word of a text is loaded once.

use std::collections::BTreeMap;

use crate::generate::emitter::Emitter;
use crate::generate::library::FIRST_PAYLOAD;
use crate::generate::registers::{CURRENT, FRAME, RESULT};
use crate::machine::{Arithmetic, Comparison, Label, Register, Size};

/// Which end of a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The text stands at [`CURRENT`].
    Start,
    /// The text ends at R1. Patterns are given from their last byte to their first.
    Last,
}

/// The word of the text that is looked at.
const WORD: Register = Register::R2;
/// The part of it that counts.
const PART: Register = Register::R3;
/// What it is compared with.
const WANTED: Register = Register::R4;

/// Bytes of a word.
const BYTES: usize = 8;

/// Up to this many words are asked one after another.
const LINEAR_MAX: usize = 3;

/// Goes on at `yes` when the text has one of `patterns`, which are ordered and of which none begins
/// with another.
pub(super) fn compare(
    emitter: &mut Emitter,
    end: End,
    patterns: &[Vec<u8>],
    yes: Label,
    no: Label,
) {
    let patterns: Vec<&[u8]> = patterns.iter().map(Vec::as_slice).collect();
    Comparing { emitter, end, yes, no }.behind(0, &patterns);
}

/// How paths may begin: with this first name and, unless there is none, one of these second names.
/// Each is at most eight bytes long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Names {
    pub first: Vec<u8>,
    /// Ordered; none begins with another.
    pub seconds: Vec<Vec<u8>>,
}

/// Goes on at `yes` when the word in the result register begins with a first name, and the word on
/// the stack at `second` with one of its second names. No first name begins with another.
pub(super) fn names_begin(
    emitter: &mut Emitter,
    names: &[Names],
    second: i16,
    yes: Label,
    no: Label,
) {
    emitter.copy(WORD, RESULT);
    let mut ways: BTreeMap<usize, Vec<(u64, Label)>> = BTreeMap::new();
    let mut open = Vec::new();
    for Names { first, seconds } in names {
        let way = if seconds.is_empty() { yes } else { emitter.label() };
        ways.entry(first.len()).or_default().push((End::Start.number(first), way));
        open.push((way, seconds));
    }
    let mut comparing = Comparing { emitter, end: End::Start, yes, no };
    for (length, ways) in ways {
        comparing.parts(length, ways);
    }
    comparing.emitter.jump(no);
    for (way, seconds) in open.into_iter().filter(|(_, seconds)| !seconds.is_empty()) {
        let seconds: Vec<&[u8]> = seconds.iter().map(Vec::as_slice).collect();
        comparing.emitter.place(way);
        comparing.emitter.load(Size::Double, WORD, FRAME, second);
        comparing.branch(0, &seconds);
    }
}

struct Comparing<'a> {
    emitter: &'a mut Emitter,
    end: End,
    yes: Label,
    no: Label,
}

impl Comparing<'_> {
    /// The text has the first `depth` bytes; `rests` are what is left of the patterns that have them
    /// too.
    fn behind(&mut self, depth: usize, rests: &[&[u8]]) {
        if rests.iter().any(|rest| rest.is_empty()) {
            return self.emitter.jump(self.yes);
        }
        self.load(depth);
        self.branch(depth, rests);
    }

    /// The word behind the first `depth` bytes is loaded.
    fn branch(&mut self, depth: usize, rests: &[&[u8]]) {
        let mut words: BTreeMap<u64, Vec<&[u8]>> = BTreeMap::new();
        let mut parts: BTreeMap<usize, Vec<(u64, Label)>> = BTreeMap::new();
        for rest in rests {
            if let Some((word, after)) = rest.split_at_checked(BYTES) {
                words.entry(self.end.number(word)).or_default().push(after);
            } else {
                let part = (self.end.number(rest), self.yes);
                parts.entry(rest.len()).or_default().push(part);
            }
        }
        for (length, ways) in parts {
            self.parts(length, ways);
        }
        let ways: Vec<(u64, Label)> =
            words.keys().map(|word| (*word, self.emitter.label())).collect();
        self.choose(WORD, &ways);
        self.emitter.jump(self.no);
        for ((_, way), afters) in ways.iter().zip(words.values()) {
            self.emitter.place(*way);
            self.behind(depth + BYTES, afters);
        }
    }

    /// Loads the word that follows the first `depth` bytes.
    fn load(&mut self, depth: usize) {
        let depth = i16::try_from(depth).unwrap_or(i16::MAX - FIRST_PAYLOAD);
        let (base, offset) = match self.end {
            End::Start => (CURRENT, FIRST_PAYLOAD + depth),
            End::Last => (Register::R1, FIRST_PAYLOAD - depth - 8),
        };
        self.emitter.load(Size::Double, WORD, base, offset);
    }

    /// Goes where the next `length` bytes lead, at most a word, or on.
    fn parts(&mut self, length: usize, ways: Vec<(u64, Label)>) {
        let unused = i32::try_from(64 - 8 * length).unwrap_or(0);
        self.emitter.copy(PART, WORD);
        match self.end {
            // The bytes that count are the lower ones: the others are shifted out.
            End::Start => self.emitter.arithmetic(Arithmetic::ShiftLeft, PART, unused),
            End::Last => self.emitter.arithmetic(Arithmetic::ShiftRight, PART, unused),
        }
        let shifted = |(number, way)| match self.end {
            End::Start => (number << unused, way),
            End::Last => (number, way),
        };
        let mut ways: Vec<(u64, Label)> = ways.into_iter().map(shifted).collect();
        ways.sort_unstable_by_key(|(number, _)| *number);
        self.choose(PART, &ways);
    }

    /// Goes where the number in `register` leads, or on. `ways` are ordered.
    fn choose(&mut self, register: Register, ways: &[(u64, Label)]) {
        let on = self.emitter.label();
        self.choose_among(register, ways, on);
        self.emitter.place(on);
    }

    fn choose_among(&mut self, register: Register, ways: &[(u64, Label)], on: Label) {
        if ways.len() <= LINEAR_MAX {
            for (number, way) in ways {
                self.emitter.jump_if_number(register, Comparison::Equal, *number, WANTED, *way);
            }
            return;
        }
        let (lower, upper) = ways.split_at(ways.len() / 2);
        let Some((first, _)) = upper.first() else { return };
        let above = self.emitter.label();
        self.emitter.jump_if_number(register, Comparison::GreaterOrEqual, *first, WANTED, above);
        self.choose_among(register, lower, on);
        self.emitter.jump(on);
        self.emitter.place(above);
        self.choose_among(register, upper, on);
    }
}

impl End {
    /// Bytes as they stand in a register when they are in memory. At a text's end they are given
    /// backward.
    fn number(self, bytes: &[u8]) -> u64 {
        let place = |place: usize| match self {
            Self::Start => place,
            Self::Last => bytes.len() - 1 - place,
        };
        let shifted = |(at, byte): (usize, &u8)| u64::from(*byte) << (8 * place(at));
        bytes.iter().enumerate().map(shifted).fold(0, |number, byte| number | byte)
    }
}
