//! Which register holds what. R1 to R5 die at every call, and R0 carries its result.

use crate::machine::Register;

/// The program's context, from its first instruction on.
pub(super) const CONTEXT: Register = Register::R6;

/// The scratch area; 0 while none is acquired, where that can be asked.
pub(super) const SCRATCH: Register = Register::R7;

/// The value that was asked about last: an integer, or where the payload of a located value stands
/// less [`super::library::FIRST_PAYLOAD`]. In programs of the role `Fork`: the sets that the child joins.
pub(super) const CURRENT: Register = Register::R8;

/// What must survive one call and no more.
pub(super) const KEPT: Register = Register::R9;

/// The result of a call.
pub(super) const RESULT: Register = Register::R0;

/// The frame, whose slots are below it.
pub(super) const FRAME: Register = Register::R10;
