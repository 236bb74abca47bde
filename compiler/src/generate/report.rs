//! Reports as calls of the runtime library.

#[cfg(doc)]
use writ_bundle::record::header;
use writ_bundle::record::{action, flag};

use super::coder::Coder;
use super::library;
use super::registers::{CONTEXT, RESULT, SCRATCH};
use crate::ir::{HookFunction, Report};
use crate::machine::{Arithmetic, Comparison, Label, Register, Size};
use crate::resolved::RateLimit;

/// What a record has for a selector when there is none.
const NO_SELECTOR: u16 = 0xffff;

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
            rate_limit: None,
        });
    }

    fn limit(&mut self, report: &Report, limit: RateLimit, limited: Label) {
        self.hook(report);
        self.emitter.constant(Register::R4, u64::from(limit.milliseconds));
        self.emitter.constant(Register::R5, limit.scope as u64);
        self.emitter.call("writ_rate_limited");
        self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, limited);
    }

    /// Another report of this run may have left its flags, so they are always set.
    fn send(&mut self, report: &Report) {
        self.emitter.store(Size::Byte, SCRATCH, library::FLAGS, i32::from(report.flags));
        self.hook(report);
        self.emitter.constant(Register::R4, u64::from(report.action));
        self.emitter.constant(Register::R5, report.action_argument.cast_unsigned());
        self.emitter.call("writ_post");
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
        }
    }
}

/// Where [`header::FUNCTION`] is in the word at [`header::HOOK`], in bits.
const FUNCTION_SHIFT: i32 = 16;
