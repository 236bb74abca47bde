//! Process tracking: which sets a process joins, and what the runtime library does then.

use super::coder::Coder;
use super::library;
use super::registers::{CONTEXT, CURRENT, FRAME, RESULT, SCRATCH};
use super::stack::Slot;
use super::state::Done;
use crate::ir::Role;
use crate::machine::{Arithmetic, Register, Size};

impl Coder<'_> {
    /// Begins the record of an exec. The routine reads the executable's path on the way.
    pub(super) fn begin_exec(&mut self) {
        self.scratch();
        self.with_scratch_and_context("writ_exec_start");
        let executable = self.program.values.iter().map(|(value, _)| value).next();
        if let Some(value) = executable {
            let offset = self.frame.offset(Slot::Value(value));
            self.emitter.store(Size::Double, FRAME, offset, RESULT);
            self.state.values.insert(value, Done::Surely);
        }
    }

    pub(super) fn join_binary_set(&mut self, set: u32) {
        let word = i16::try_from(set / 64 * 8).unwrap_or(0);
        let offset = library::BINARY_SETS.saturating_add(word);
        self.emitter.load(Size::Double, RESULT, SCRATCH, offset);
        self.emitter.constant(Register::R1, 1 << (set % 64));
        self.emitter.arithmetic(Arithmetic::Or, RESULT, Register::R1);
        self.emitter.store(Size::Double, SCRATCH, offset, RESULT);
    }

    pub(super) fn join_follow_set(&mut self, set: u32) {
        self.emitter.constant(Register::R1, 1 << (set % 64));
        self.emitter.arithmetic(Arithmetic::Or, CURRENT, Register::R1);
    }

    /// Lets the library keep something more of the process. The sets that the executable is in
    /// are known by now.
    pub(super) fn keep_up(&mut self, what: &str) {
        self.emitter.origin = self.program.span;
        match self.program.role {
            Role::Exec => self.with_scratch_and_context(&format!("writ_{what}_exec")),
            Role::Fork => self.with_context(&format!("writ_{what}_fork")),
            Role::Exit => self.with_context(&format!("writ_{what}_exit")),
            Role::Entry | Role::Return | Role::Enforce => {}
        }
    }

    pub(super) fn finish_exec(&mut self) {
        self.emitter.origin = self.program.span;
        self.with_scratch_and_context("writ_exec_finish");
    }

    pub(super) fn finish_fork(&mut self) {
        self.emitter.origin = self.program.span;
        self.emitter.copy(Register::R1, CONTEXT);
        self.emitter.copy(Register::R2, CURRENT);
        self.emitter.call("writ_fork");
    }

    pub(super) fn finish_exit(&mut self) {
        self.emitter.origin = self.program.span;
        self.with_context("writ_exit");
    }

    fn with_context(&mut self, routine: &str) {
        self.emitter.copy(Register::R1, CONTEXT);
        self.emitter.call(routine);
    }

    fn with_scratch_and_context(&mut self, routine: &str) {
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.copy(Register::R2, CONTEXT);
        self.emitter.call(routine);
    }
}
