//! Patterns as comparisons of 8-byte words: a tree that branches where the words differ, so that
//! each word of a text is loaded once.

use std::collections::BTreeMap;

use crate::generate::emitter::Emitter;
use crate::generate::library::FIRST_PAYLOAD;
use crate::generate::registers::{CURRENT, RESULT};
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

/// Goes on at `yes` when the word in the result register begins with one of `starts`, which are
/// ordered, of at most eight bytes, and of which none begins with another.
pub(super) fn word_begins(emitter: &mut Emitter, starts: &[Vec<u8>], yes: Label, no: Label) {
    let starts: Vec<&[u8]> = starts.iter().map(Vec::as_slice).collect();
    emitter.copy(WORD, RESULT);
    Comparing { emitter, end: End::Start, yes, no }.branch(0, &starts);
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
        let mut parts: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        for rest in rests {
            match rest.split_at_checked(BYTES) {
                Some((word, after)) => words.entry(self.number(word)).or_default().push(after),
                None => parts.entry(rest.len()).or_default().push(self.number(rest)),
            }
        }
        for (length, wanted) in &parts {
            self.parts(*length, wanted);
        }
        let ways: Vec<(u64, Label)> =
            words.keys().map(|word| (*word, self.emitter.label())).collect();
        self.choose(&ways);
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

    /// Bytes as they stand in a register when they are in memory. At a text's end they are given
    /// backward.
    fn number(&self, bytes: &[u8]) -> u64 {
        let place = |place: usize| match self.end {
            End::Start => place,
            End::Last => bytes.len() - 1 - place,
        };
        let shifted = |(at, byte): (usize, &u8)| u64::from(*byte) << (8 * place(at));
        bytes.iter().enumerate().map(shifted).fold(0, |number, byte| number | byte)
    }

    /// Compares the next `length` bytes, fewer than a word.
    fn parts(&mut self, length: usize, wanted: &[u64]) {
        let unused = i32::try_from(64 - 8 * length).unwrap_or(0);
        self.emitter.copy(PART, WORD);
        match self.end {
            // The bytes that count are the lower ones: the others are shifted out.
            End::Start => self.emitter.arithmetic(Arithmetic::ShiftLeft, PART, unused),
            End::Last => self.emitter.arithmetic(Arithmetic::ShiftRight, PART, unused),
        }
        for number in wanted {
            let number = match self.end {
                End::Start => number << unused,
                End::Last => *number,
            };
            self.emitter.jump_if_number(PART, Comparison::Equal, number, WANTED, self.yes);
        }
    }

    /// Goes on where the word leads, or at `no`. `ways` are ordered.
    fn choose(&mut self, ways: &[(u64, Label)]) {
        if ways.len() <= LINEAR_MAX {
            for (word, way) in ways {
                self.emitter.jump_if_number(WORD, Comparison::Equal, *word, WANTED, *way);
            }
            return self.emitter.jump(self.no);
        }
        let (lower, upper) = ways.split_at(ways.len() / 2);
        let Some((first, _)) = upper.first() else { return };
        let above = self.emitter.label();
        self.emitter.jump_if_number(WORD, Comparison::GreaterOrEqual, *first, WANTED, above);
        self.choose(lower);
        self.emitter.place(above);
        self.choose(upper);
    }
}
