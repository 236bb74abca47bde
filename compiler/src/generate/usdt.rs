//! Arguments of USDT probes, which are elsewhere at each place of a probe.

use writ_bundle::Attach;
use writ_bundle::record::PLACE_MARKER;

use super::coder::{Coder, PlaceNumber};
use super::library;
use super::registers::{CONTEXT, FRAME, RESULT};
use super::stack::Slot;
use crate::machine::{Arithmetic, Register, Size};

impl Coder<'_> {
    /// Keeps the number of the place that was hit, where anything depends on it.
    pub(super) fn begin_usdt(&mut self) {
        let is_usdt = matches!(self.program.attach, Attach::Usdt { .. });
        let is_needed =
            !self.program.usdt_reads().is_empty() || !self.program.usdt_writes().is_empty();
        if !is_usdt || !is_needed {
            return;
        }
        match self.target.place {
            PlaceNumber::Cookie => {
                self.emitter.copy(Register::R1, CONTEXT);
                self.emitter.call_helper(library::ATTACH_COOKIE);
            }
            PlaceNumber::Written => self.emitter.constant(RESULT, PLACE_MARKER),
        }
        let offset = self.frame.offset(Slot::Place);
        self.emitter.store(Size::Double, FRAME, offset, RESULT);
    }

    /// Brings an argument into a register. The result register is not 0 when it cannot be read.
    pub(super) fn load_usdt_argument(&mut self, argument: u32, to: Register) {
        let buffer = self.frame.offset(Slot::Buffer);
        self.usdt_argument(argument);
        self.emitter.copy(Register::R4, FRAME);
        self.emitter.arithmetic(Arithmetic::Add, Register::R4, i32::from(buffer));
        self.emitter.call("writ_usdt_argument");
        self.emitter.load(Size::Double, to, FRAME, buffer);
    }

    /// Writes a number where an argument is. That it cannot be written is not told.
    pub(super) fn set(&mut self, argument: u32, value: u32) {
        self.usdt_argument(argument);
        self.emitter.constant(Register::R4, u64::from(value));
        self.emitter.call("writ_usdt_set");
    }

    fn usdt_argument(&mut self, argument: u32) {
        let place = self.frame.offset(Slot::Place);
        self.emitter.copy(Register::R1, CONTEXT);
        self.emitter.load(Size::Double, Register::R2, FRAME, place);
        self.emitter.constant(Register::R3, u64::from(argument));
    }
}
