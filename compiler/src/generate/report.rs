//! Reports as calls of the runtime library.

#[cfg(doc)]
use writ_bundle::record::header;
use writ_bundle::record::{action, flag, status};

use super::coder::Coder;
use super::registers::{CONTEXT, CURRENT, FRAME, KEPT, RESULT, SCRATCH};
use super::stack::Slot;
use super::{context, library};
use crate::ids::Id;
use crate::ir::{Extra, HookFunction, Pairing, Report, ReturnedTo, Value};
use crate::machine::{Arithmetic, Comparison, Label, Register, Size};
use crate::resolved::{DigestOf, Origin, RateLimit};

/// What a record has for a selector when there is none.
const NO_SELECTOR: u16 = 0xffff;

/// `BPF_F_USER_STACK`: the stack of the program, not of the kernel.
const USER_STACK: u64 = 1 << 8;

/// Tells a selector's rate limit of returns from that of entries.
const RATE_OF_RETURN: i32 = 1 << 16;

impl Coder<'_> {
    /// Sends the record, unless its rate limit holds it back.
    pub(super) fn post(&mut self, report: &Report) {
        self.scratch();
        for value in &report.values {
            self.show(*value);
        }
        let Some(limit) = report.rate_limit else { return self.send(report) };
        let limited = self.emitter.label();
        self.limit(report, limit, limited);
        self.send(report);
        if report.flags & flag::IS_RETURN == 0 {
            return self.emitter.place(limited);
        }
        let done = self.emitter.label();
        self.emitter.jump(done);
        self.emitter.place(limited);
        self.cancel(report.hook, report.function);
        self.emitter.place(done);
    }

    /// Tells that the entry's record of this call is not to be shown.
    pub(super) fn cancel(&mut self, hook: u32, function: HookFunction) {
        self.scratch();
        self.send(&Report {
            hook,
            function,
            selector: None,
            action: action::POST,
            action_argument: 0,
            flags: flag::IS_RETURN | flag::CANCELLED,
            values: Vec::new(),
            sockets: Vec::new(),
            policy: 0,
            extras: Vec::new(),
            pairing: Pairing::Last,
            saved: Vec::new(),
            rate_limit: None,
        });
    }

    /// Jumps to `limited` when an event that shows the same was sent a short while ago.
    fn limit(&mut self, report: &Report, limit: RateLimit, limited: Label) {
        self.emitter.constant(KEPT, 0);
        for value in &report.values {
            self.fold(*value);
        }
        self.hook(report);
        self.emitter.copy(Register::R1, KEPT);
        if report.flags & flag::IS_RETURN != 0 {
            self.emitter.arithmetic(Arithmetic::Or, Register::R3, RATE_OF_RETURN);
        }
        self.emitter.constant(Register::R4, u64::from(limit.milliseconds));
        self.emitter.constant(Register::R5, limit.scope as u64);
        self.emitter.call("writ_rate_limited");
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, limited);
    }

    /// Adds a value that is shown to the hash in [`KEPT`].
    fn fold(&mut self, value: Id<Value>) {
        if !self.program.values[value].reader.is_located() {
            return self.fold_number(value);
        }
        let offset = self.frame.offset(Slot::Value(value));
        self.emitter.load(Size::Byte, Register::R1, SCRATCH, library::SLOT);
        self.emitter.load(Size::Double, Register::R2, FRAME, offset);
        self.emitter.copy(Register::R3, KEPT);
        self.emitter.call("writ_rate_fold");
        self.emitter.copy(KEPT, RESULT);
    }

    fn fold_number(&mut self, value: Id<Value>) {
        let unreadable = self.emitter.label();
        let read = self.emitter.label();
        // The register does not survive a walk.
        let is_walked = self.program.values[value].walk.is_some();
        let hash = if is_walked { Some(self.frame.offset(Slot::Hash)) } else { None };
        if let Some(hash) = hash {
            self.emitter.store(Size::Double, FRAME, hash, KEPT);
        }
        self.integer(value, unreadable);
        self.emitter.copy(Register::R2, CURRENT);
        self.emitter.constant(Register::R3, u64::from(status::READ));
        self.emitter.jump(read);
        self.emitter.place(unreadable);
        self.emitter.constant(Register::R2, 0);
        self.emitter.constant(Register::R3, u64::from(status::UNREADABLE));
        self.state.current = None;
        self.emitter.place(read);
        match hash {
            Some(hash) => self.emitter.load(Size::Double, Register::R1, FRAME, hash),
            None => self.emitter.copy(Register::R1, KEPT),
        }
        self.emitter.call("writ_rate_number");
        self.emitter.copy(KEPT, RESULT);
    }

    /// Another report of this run may have left its flags, so they are always set.
    fn send(&mut self, report: &Report) {
        if !report.extras.is_empty() {
            self.emitter.load(Size::Word, KEPT, SCRATCH, library::CURSOR);
        }
        report.extras.iter().for_each(|extra| self.extra(*extra));
        self.attribute(report);
        self.emitter.store(Size::Byte, SCRATCH, library::FLAGS, i32::from(report.flags));
        self.hook(report);
        self.emitter.constant(Register::R4, u64::from(report.action));
        self.emitter.constant(Register::R5, report.action_argument.cast_unsigned());
        self.emitter.call("writ_post");
        if report.flags & flag::AWAITS_RETURN != 0 {
            self.await_return(report);
        }
        if !report.extras.is_empty() {
            // The next record shows its own.
            self.emitter.store(Size::Word, SCRATCH, library::CURSOR, KEPT);
        }
    }

    /// Keeps parameters for the return.
    fn save(&mut self, report: &Report) {
        if report.saved.is_empty() {
            return;
        }
        for origin in &report.saved {
            let (Origin::Parameter(place)
            | Origin::SyscallParameter(place, _)
            | Origin::UserParameter(place)) = *origin
            else {
                continue;
            };
            let from = context::place(&self.program.attach, *origin);
            let (Some(from), Some(to)) = (from, context::saved_offset(place)) else { continue };
            self.load_bits(from, RESULT);
            self.emitter.store(Size::Double, SCRATCH, to, RESULT);
        }
        self.call_word(report.hook, report.function);
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.call("writ_save");
    }

    /// Remembers the call for its return, unless its record was lost.
    fn await_return(&mut self, report: &Report) {
        let lost = self.emitter.label();
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, lost);
        self.frame_of_entry(report.pairing);
        self.awaited(report.hook, report.function, report.selector.unwrap_or(NO_SELECTOR));
        self.save(report);
        self.emitter.place(lost);
    }

    /// The call's return is awaited, although its entry may not be reported.
    pub(super) fn await_untold(&mut self, hook: u32, function: HookFunction, pairing: Pairing) {
        self.scratch();
        self.frame_of_entry(pairing);
        self.awaited(hook, function, ReturnedTo::UNTOLD);
    }

    fn extra(&mut self, extra: Extra) {
        match extra {
            Extra::KernelStack => self.stack(extra, 0),
            Extra::UserStack => self.stack(extra, USER_STACK),
            Extra::Digest(of) => self.digest(extra, of),
        }
    }

    /// The first argument leads to the file.
    fn digest(&mut self, extra: Extra, of: DigestOf) {
        let routine = match of {
            DigestOf::File => "writ_put_digest_file",
            DigestOf::Executable => "writ_put_digest_binprm",
        };
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.load(Size::Double, Register::R2, CONTEXT, 0);
        self.emitter.constant(Register::R3, u64::from(extra.item()));
        self.emitter.call(routine);
    }

    fn stack(&mut self, extra: Extra, flags: u64) {
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.copy(Register::R2, CONTEXT);
        self.emitter.constant(Register::R3, u64::from(extra.item()));
        self.emitter.constant(Register::R4, flags);
        self.emitter.call("writ_put_stack");
    }

    /// Remembers the call, with the selector and, where only the entry knows it, the function.
    fn awaited(&mut self, hook: u32, function: HookFunction, selector: u16) {
        self.call_word(hook, function);
        self.emitter.constant(Register::R3, u64::from(selector));
        if let HookFunction::ByCall { list } = function {
            self.listed_function(list, Register::R1);
            self.emitter.arithmetic(Arithmetic::Or, Register::R3, Register::R1);
        }
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.call("writ_await");
    }

    /// Brings what both ends of a call know of it into the second register: hook and function. Others
    /// but the fixed ones are lost.
    pub(super) fn call_word(&mut self, hook: u32, function: HookFunction) {
        match function {
            HookFunction::Only | HookFunction::ByCookie => self.hook_word(hook, function),
            HookFunction::ByCall { .. } => self.emitter.constant(Register::R2, u64::from(hook)),
        }
    }

    fn hook(&mut self, report: &Report) {
        let selector = report.selector.unwrap_or(NO_SELECTOR);
        self.hook_word(report.hook, report.function);
        self.emitter.copy(Register::R1, SCRATCH);
        self.emitter.constant(Register::R3, u64::from(selector));
    }

    /// Brings [`header::HOOK`] into the second register. Others but the fixed ones are lost.
    pub(super) fn hook_word(&mut self, hook: u32, function: HookFunction) {
        match function {
            HookFunction::Only => self.emitter.constant(Register::R2, u64::from(hook)),
            HookFunction::ByCookie => {
                self.emitter.copy(Register::R1, CONTEXT);
                self.emitter.call_helper(library::ATTACH_COOKIE);
                self.emitter.copy(Register::R2, RESULT);
                self.emitter.arithmetic(Arithmetic::ShiftLeft, Register::R2, FUNCTION_SHIFT);
                let hook = i32::try_from(hook).unwrap_or(0);
                self.emitter.arithmetic(Arithmetic::Or, Register::R2, hook);
            }
            HookFunction::ByCall { list } => {
                self.listed_function(list, Register::R2);
                let hook = i32::try_from(hook).unwrap_or(0);
                self.emitter.arithmetic(Arithmetic::Or, Register::R2, hook);
            }
        }
    }
}

/// Where [`header::FUNCTION`] is in the word at [`header::HOOK`], in bits.
pub(super) const FUNCTION_SHIFT: i32 = 16;
