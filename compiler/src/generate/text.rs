//! Whether a text is in a set of patterns.
//!
//! In the scratch area the byte before a text and the eight bytes behind it are zero, and no text
//! holds a zero byte. So a pattern can be compared without a look at the text's length: where the
//! text is too short, a zero stands against a byte of the pattern. `Equal` is the prefix that
//! includes the zero behind the text.

mod first_name;
mod patterns;
mod tables;
mod words;

pub(super) use tables::Tables;

use super::coder::Coder;
use super::library;
use super::registers::{CURRENT, KEPT, RESULT};
use crate::machine::{Arithmetic, Comparison, Instruction, Label, Register, Size};
use crate::set::TextSet;
use patterns::Patterns;
use words::End;

/// The longest text that is kept, which the verifier is told.
const TEXT_MAX: i32 = 4095;

impl Coder<'_> {
    /// Goes on at `yes` when the text at [`CURRENT`] is in the set.
    pub(super) fn text_in(&mut self, set: &TextSet, yes: Label, no: Label) {
        let Patterns { starts, tabled, ends } = Patterns::of(set);
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
