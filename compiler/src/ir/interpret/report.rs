//! What reports send, and what they leave behind for later runs.

use std::collections::BTreeMap;

use writ_bundle::record::{action, flag};

use super::answer::number;
use super::{Owner, Raw, Run};
use crate::ids::Id;
use crate::ir::{Extra, HookFunction, Pairing, Report, ReturnedTo, Value};
use crate::policy::RateScope;
use crate::resolved::RateLimit;

/// A record of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Index into [`crate::ir::Module::hooks`].
    pub hook: u32,
    /// Which of the hook's functions was hit.
    pub function: u16,
    pub selector: Option<u16>,
    /// [`writ_bundle::record::action`].
    pub action: u8,
    pub action_argument: i64,
    /// [`writ_bundle::record::flag`].
    pub flags: u8,
    /// What it shows: item and value.
    pub items: Vec<(u16, Shown)>,
    /// What it shows besides. What that is, the event does not say.
    pub extras: Vec<Extra>,
    /// Whom it is about, when that is not the caller.
    pub owner: Option<Owner>,
}

/// A value in a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Integer(i128),
    Text(Vec<u8>),
    Truncated(Vec<u8>),
    /// The payload of a structure.
    Structure(Vec<u8>),
    Unreadable,
    Absent,
}

/// What runs leave behind for later runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Calls whose return is awaited.
    pub(super) pending: BTreeMap<Call, Awaited>,
    /// What enforcers are to do to threads: thread and policy, error and signal.
    pub(super) notified: BTreeMap<(u32, u32), (i32, u32)>,
    /// To whom sockets belong, for each policy.
    pub(super) sockets: BTreeMap<(u32, u64), Owner>,
    /// When an event with a rate limit was last sent.
    sent: BTreeMap<Sent, u64>,
}

/// What tells a call from the others whose return is awaited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    pub thread: u32,
    pub hook: u32,
    /// Of the hook, as far as both ends of the call know it.
    pub function: u16,
    /// Where on the stack it began, as far as both ends know that.
    pub frame: u64,
}

/// What the entry of a call left behind for its return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Awaited {
    /// The selector that matched.
    pub selector: u16,
    pub function: u16,
    /// Whom the entry was about.
    pub owner: Option<Owner>,
}

/// Events that count as the same one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    hook: u32,
    function: u16,
    selector: Option<u16>,
    is_return: bool,
    scope: RateScope,
    /// The thread's or process's id, 0 for all.
    who: u32,
    items: Vec<(u16, Shown)>,
}

/// The selector that is awaited for a hook without selectors.
const NO_SELECTOR: u16 = 0xffff;

impl Run<'_> {
    /// Sends the record, unless its rate limit holds it back. A return that is held back takes the
    /// record of the entry with it.
    pub(super) fn post(&mut self, report: &Report) {
        let items: Vec<_> = report.values.iter().map(|value| self.shown(*value)).collect();
        let is_limited = report.rate_limit.is_some_and(|limit| self.limits(report, limit, &items));
        if is_limited {
            if report.flags & flag::IS_RETURN != 0 {
                self.cancel(report.hook, report.function);
            }
            return;
        }
        if report.flags & flag::IS_RETURN == 0 {
            self.attribute(report);
        }
        if report.flags & flag::AWAITS_RETURN != 0 {
            let hook = (report.hook, report.function);
            self.awaits(hook, report.pairing, report.selector.unwrap_or(NO_SELECTOR));
        }
        self.outcome.records.push(Record {
            hook: report.hook,
            function: self.function(report.function),
            selector: report.selector,
            action: report.action,
            action_argument: report.action_argument,
            flags: report.flags,
            items,
            extras: report.extras.clone(),
            owner: self.owner,
        });
    }

    /// The return of this call is awaited.
    pub(super) fn awaits(
        &mut self,
        (hook, function): (u32, HookFunction),
        pairing: Pairing,
        selector: u16,
    ) {
        let owner = if selector == ReturnedTo::UNTOLD { None } else { self.owner };
        let call = self.call(hook, function, pairing);
        let function = self.function(function);
        self.state.pending.insert(call, Awaited { selector, function, owner });
    }

    /// Tells that the entry's record of this call is not to be shown.
    pub(super) fn cancel(&mut self, hook: u32, function: HookFunction) {
        let function = self.function(function);
        self.outcome.records.push(Record {
            hook,
            function,
            selector: None,
            action: action::POST,
            action_argument: 0,
            flags: flag::IS_RETURN | flag::CANCELLED,
            items: Vec::new(),
            extras: Vec::new(),
            owner: self.owner,
        });
    }

    /// Whether the same event was sent less than the interval ago. If not, it is sent now.
    fn limits(&mut self, report: &Report, limit: RateLimit, items: &[(u16, Shown)]) -> bool {
        let process = &self.event.process;
        let who = match limit.scope {
            RateScope::Thread => process.tid,
            RateScope::Process => process.pid,
            RateScope::Global => 0,
        };
        let Report { hook, function, selector, .. } = *report;
        let function = self.function(function);
        let is_return = report.flags & flag::IS_RETURN != 0;
        let scope = limit.scope;
        let items = items.to_vec();
        let sent = Sent { hook, function, selector, is_return, scope, who, items };
        let interval = u64::from(limit.milliseconds) * 1_000_000;
        let now = self.event.time;
        match self.state.sent.get(&sent) {
            Some(last) if now.saturating_sub(*last) < interval => true,
            Some(_) | None => {
                self.state.sent.insert(sent, now);
                false
            }
        }
    }

    fn shown(&self, value: Id<Value>) -> (u16, Shown) {
        let value = &self.program.values[value];
        let raw = self.event.values.get(&value.item).unwrap_or(&Raw::Unreadable);
        let shown = match (raw, value.reader.is_located()) {
            (Raw::Bits(bits), false) => {
                number(value.reader, *bits).map_or(Shown::Unreadable, Shown::Integer)
            }
            (Raw::Text(text) | Raw::UnixAddress { path: text, .. }, true) => {
                Shown::Text(text.clone())
            }
            (Raw::Truncated(text), true) => Shown::Truncated(text.clone()),
            (Raw::Structure(payload), true) => Shown::Structure(payload.clone()),
            (Raw::Absent, true) => Shown::Absent,
            (Raw::Bits(_), true)
            | (
                Raw::Text(_)
                | Raw::Truncated(_)
                | Raw::Structure(_)
                | Raw::UnixAddress { .. }
                | Raw::Absent,
                false,
            )
            | (Raw::Unreadable, _) => Shown::Unreadable,
        };
        (value.item, shown)
    }
}
