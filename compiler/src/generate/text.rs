//! Whether a text is in a set of patterns.
//!
//! In the scratch area the byte before a text and the eight bytes behind it are zero, and no text
//! holds a zero byte. So a pattern can be compared without a look at the text's length: where the
//! text is too short, a zero stands against a byte of the pattern. `Equal` is the prefix that
//! includes the zero behind the text.
//!
//! The bytes of a buffer can be anything, zeros included. There, `Equal` looks at the length first,
//! and so does a pattern with a zero inside.

mod automaton;
mod first_name;
mod patterns;
mod tables;
mod words;

pub(super) use first_name::names;
pub(super) use tables::Tables;
pub(super) use words::Names;

use super::coder::Coder;
use super::library;
use super::registers::{CURRENT, FRAME, KEPT, RESULT, SCRATCH};
use super::stack::Slot;
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size};
use crate::resolved::{Case, Reader};
use crate::set::TextSet;
use patterns::{Measured, Patterns};
use words::End;
use writ_bundle::Attach;

/// The longest text that is kept, which the verifier is told.
const TEXT_MAX: i32 = 4095;

impl Coder<'_> {
    /// Whether the program may sleep. Such a program cannot look anything up in a trie
    /// (`check_map_prog_compatibility` in `kernel/bpf/verifier.c`).
    fn may_sleep(&self) -> bool {
        matches!(self.program.attach, Attach::Lsm { sleepable: true, .. })
    }

    /// Goes on at `yes` when the text at [`CURRENT`], which was read by `reader`, is in the set.
    pub(super) fn text_in(&mut self, set: &TextSet, reader: Reader, yes: Label, no: Label) {
        let patterns = if reader.can_hold_zeros() {
            let (patterns, measured) = Measured::of(set);
            self.measured_in(&measured, yes);
            patterns
        } else {
            Patterns::of(set)
        };
        let Patterns { starts, tabled, ends } =
            if self.may_sleep() { patterns.without_table() } else { patterns };
        if !tabled.is_empty() {
            let map = self.tables.table(tabled);
            self.look_up(map, yes);
        }
        if !starts.is_empty() {
            let failed = self.emitter.label();
            words::compare(&mut self.emitter, End::Start, &starts, yes, failed);
            self.emitter.place(failed);
        }
        if ends.is_empty() {
            return self.emitter.jump(no);
        }
        self.end_of_text(no);
        words::compare(&mut self.emitter, End::Last, &ends, yes, no);
    }

    /// Goes on at `yes` when the text at [`CURRENT`] has one of `texts` in it.
    pub(super) fn text_has(&mut self, texts: &[String], case: Case, yes: Label, no: Label) {
        for search in self.tables.searches(texts, case) {
            let slot = self.frame.offset(Slot::Buffer);
            self.emitter.constant(RESULT, 0);
            self.emitter.store(Size::Double, FRAME, slot, RESULT);
            self.emitter.emit(Instruction::LoadMapAddress { to: Register::R1, map: search.map });
            self.emitter.copy(Register::R2, FRAME);
            self.emitter.arithmetic(Arithmetic::Add, Register::R2, i32::from(slot));
            self.emitter.call_helper(library::MAP_LOOKUP);
            let skipped = self.emitter.label();
            self.emitter.jump_if(RESULT, Comparison::Equal, 0, skipped);
            self.emitter.copy(Register::R3, RESULT);
            self.emitter.copy(Register::R1, SCRATCH);
            self.emitter.copy(Register::R2, CURRENT);
            self.emitter.arithmetic(Arithmetic::Subtract, Register::R2, SCRATCH);
            let first = i32::from(library::FIRST_PAYLOAD);
            self.emitter.arithmetic(Arithmetic::Add, Register::R2, first);
            self.emitter.constant(Register::R4, u64::from(search.mask));
            self.emitter.constant(Register::R5, u64::from(search.found));
            self.emitter.call(search.routine);
            self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, yes);
            self.emitter.place(skipped);
        }
        self.emitter.jump(no);
    }

    /// Goes on at `yes` when the text has one of `measured`, each of which wants a length.
    fn measured_in(&mut self, measured: &[Measured], yes: Label) {
        for one in measured {
            let failed = self.emitter.label();
            let offset = library::FIRST_PAYLOAD + library::LENGTH;
            self.emitter.load(Size::Word, Register::R1, CURRENT, offset);
            self.emitter.jump_if(Register::R1, one.misses, one.length, failed);
            if one.end == End::Last {
                self.end_of_text(failed);
            }
            words::compare(&mut self.emitter, one.end, &one.patterns, yes, failed);
            self.emitter.place(failed);
        }
    }

    /// R1 ← where the text ends. The comparison is for the verifier: no text is longer.
    fn end_of_text(&mut self, no: Label) {
        let offset = library::FIRST_PAYLOAD + library::LENGTH;
        self.emitter.load(Size::Word, Register::R1, CURRENT, offset);
        self.emitter.jump_if(Register::R1, Comparison::Greater, TEXT_MAX, no);
        self.emitter.arithmetic(Arithmetic::Add, Register::R1, CURRENT);
    }

    /// Asks the trie `map` for the longest of its patterns with which the text begins. The word
    /// before the text, which is its length, becomes the key's for that long.
    fn look_up(&mut self, map: String, yes: Label) {
        let offset = library::FIRST_PAYLOAD + library::LENGTH;
        self.emitter.load(Size::Word, KEPT, CURRENT, offset);
        self.emitter.store(Size::Word, CURRENT, offset, tables::KEY_BITS);
        self.emitter.emit(Instruction::LoadMapAddress { to: Register::R1, map });
        self.emitter.copy(Register::R2, CURRENT);
        self.emitter.arithmetic(Arithmetic::Add, Register::R2, i32::from(offset));
        self.emitter.call_helper(library::MAP_LOOKUP);
        self.emitter.store(Size::Word, CURRENT, offset, KEPT);
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, yes);
    }
}
