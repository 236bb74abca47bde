//! How the two ends of a call are known to belong together: by where on the stack it began.

use writ_bundle::Attach;

use super::coder::{Coder, MultiStack};
use super::context::{CODE_SEGMENT, STACK_POINTER};
use super::library;
use super::registers::{CONTEXT, RESULT, SCRATCH};
use crate::ir::Pairing;
use crate::machine::{Arithmetic, Comparison, Register, Size};

/// What stands on the stack where a function begins, and is gone when it returns.
const RETURN_ADDRESS: i32 = 8;

/// The same in a 32-bit program.
const RETURN_ADDRESS_OF_32_BITS: i32 = 4;

/// `__USER32_CS`: the code segment of such a program.
const CODE_OF_32_BITS: i32 = 0x23;

/// Where a call began, as a program sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// The context: one trampoline runs what is attached to both ends, and keeps it on the stack.
    Context,
    /// The stack pointer, so many bytes above where it was at the beginning.
    Kernel {
        above: i32,
    },
    /// The same in a program, above by the return address.
    Program,
    Unknown,
}

impl Coder<'_> {
    /// Writes into the scratch area where the call begins that is entered.
    pub(super) fn frame_of_entry(&mut self, pairing: Pairing) {
        let frame = match &self.program.attach {
            Attach::Fentry { .. } | Attach::FmodRet { .. } => Frame::Context,
            Attach::Kprobe { .. } | Attach::Kprobes { .. } | Attach::Uprobe { .. } => {
                Frame::Kernel { above: 0 }
            }
            Attach::KprobeMulti { .. } => self.multi(0),
            Attach::Fexit { .. }
            | Attach::Kretprobe { .. }
            | Attach::KretprobeMulti { .. }
            | Attach::Kretprobes { .. }
            | Attach::Lsm { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. }
            | Attach::BtfTracepoint { .. }
            | Attach::Uretprobe { .. }
            | Attach::Usdt { .. } => Frame::Unknown,
        };
        self.put_frame(frame, pairing);
    }

    /// Writes into the scratch area where the call began that returns.
    pub(super) fn frame_of_return(&mut self, pairing: Pairing) {
        let frame = match &self.program.attach {
            Attach::Fexit { .. } => Frame::Context,
            Attach::Kretprobe { .. } | Attach::Kretprobes { .. } => {
                Frame::Kernel { above: RETURN_ADDRESS }
            }
            Attach::KretprobeMulti { .. } => self.multi(RETURN_ADDRESS),
            Attach::Uretprobe { .. } => Frame::Program,
            Attach::Fentry { .. }
            | Attach::FmodRet { .. }
            | Attach::Kprobe { .. }
            | Attach::KprobeMulti { .. }
            | Attach::Kprobes { .. }
            | Attach::Uprobe { .. }
            | Attach::Lsm { .. }
            | Attach::Tracepoint { .. }
            | Attach::RawTracepoint { .. }
            | Attach::BtfTracepoint { .. }
            | Attach::Usdt { .. } => Frame::Unknown,
        };
        self.put_frame(frame, pairing);
    }

    /// Where both ends see the same, or neither end sees anything.
    fn multi(&self, above: i32) -> Frame {
        match self.target.multi {
            MultiStack::Function => Frame::Kernel { above },
            MultiStack::Unknown => Frame::Unknown,
        }
    }

    fn put_frame(&mut self, frame: Frame, pairing: Pairing) {
        let frame = match pairing {
            Pairing::ByFrame => frame,
            Pairing::Last => Frame::Unknown,
        };
        let frame = match frame {
            Frame::Context => CONTEXT,
            Frame::Kernel { above } => {
                self.emitter.load(Size::Double, RESULT, CONTEXT, STACK_POINTER);
                if above != 0 {
                    self.emitter.arithmetic(Arithmetic::Add, RESULT, -above);
                }
                RESULT
            }
            Frame::Program => {
                let wide = self.emitter.label();
                self.emitter.load(Size::Double, RESULT, CONTEXT, STACK_POINTER);
                self.emitter.arithmetic(Arithmetic::Add, RESULT, -RETURN_ADDRESS);
                self.emitter.load(Size::Half, Register::R1, CONTEXT, CODE_SEGMENT);
                self.emitter.jump_if(Register::R1, Comparison::NotEqual, CODE_OF_32_BITS, wide);
                let difference = RETURN_ADDRESS - RETURN_ADDRESS_OF_32_BITS;
                self.emitter.arithmetic(Arithmetic::Add, RESULT, difference);
                self.emitter.place(wide);
                RESULT
            }
            Frame::Unknown => {
                self.emitter.constant(RESULT, 0);
                RESULT
            }
        };
        self.emitter.store(Size::Double, SCRATCH, library::CALL_FRAME, frame);
    }
}
