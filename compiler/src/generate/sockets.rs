//! To whom sockets belong, as calls of the runtime library.

use super::coder::Coder;
use super::library;
use super::registers::{FRAME, SCRATCH};
use super::stack::Slot;
use crate::ids::Id;
use crate::ir::{OperationKind, Program, Report, Role, Value};
use crate::machine::{Register, Size};
use crate::policy::TrackAction;

/// Whether any record of an entry is about the owner of a socket.
pub(super) fn attributes(program: &Program) -> bool {
    let attributes = |kind: &OperationKind| matches!(kind, OperationKind::Post(report) if !report.sockets.is_empty());
    let mut blocks = program.blocks.iter();
    blocks.any(|(_, block)| block.operations.iter().any(|one| attributes(&one.kind)))
}

impl Coder<'_> {
    pub(super) fn track(&mut self, policy: u32, socket: Id<Value>, action: TrackAction) {
        self.scratch();
        self.show(socket);
        let routine = match action {
            TrackAction::Track => "writ_track_socket",
            TrackAction::Untrack => "writ_untrack_socket",
        };
        self.of_socket(routine, policy, socket);
    }

    /// Says whom the next record is about. In a program that never finds out it is the caller
    /// anyway, and of a return the library knows.
    pub(super) fn attribute(&mut self, report: &Report) {
        if self.program.role != Role::Entry || !attributes(self.program) {
            return;
        }
        self.emitter.store(Size::Double, SCRATCH, library::OWNER, 0);
        for socket in &report.sockets {
            self.of_socket("writ_attribute", report.policy, *socket);
        }
    }

    fn of_socket(&mut self, routine: &str, policy: u32, socket: Id<Value>) {
        let offset = self.frame.offset(Slot::Value(socket));
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.load(Size::Double, Register::R2, FRAME, offset);
        self.emitter.constant(Register::R3, u64::from(policy));
        self.emitter.call(routine);
    }
}
