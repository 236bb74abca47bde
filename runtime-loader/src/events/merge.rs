//! Joins the two records of a call whose return is reported.

use std::collections::BTreeMap;

use writ_bundle::Hook;
use writ_bundle::record::{Record, flag, header};

use super::{Body, Event, Stacks, hook};

/// Calls that are waited for at most; beyond it the oldest is reported without its return.
const OPEN_MAX: usize = 4_096;

/// Calls whose return has not been reported.
#[derive(Debug, Default)]
pub(super) struct OpenCalls {
    /// Ordered by age.
    calls: BTreeMap<Id, Event>,
}

/// What the two records of a call have in common. The call id is the time of its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    call: u64,
    bundle: usize,
    thread: u32,
    hook: u32,
}

/// Whether a record ends a call that an earlier record began.
pub(super) fn completes(record: &Record<'_>) -> bool {
    record.u8(header::FLAGS) & (flag::IS_RETURN | flag::CANCELLED) != 0
}

impl OpenCalls {
    /// Keeps the event of an entry until its return, or gives it at once if none will come.
    pub(super) fn open(
        &mut self,
        bundle: usize,
        record: &Record<'_>,
        event: Event,
        events: &mut Vec<Event>,
    ) {
        if record.u8(header::FLAGS) & flag::AWAITS_RETURN == 0 {
            events.push(event);
            return;
        }
        if self.calls.len() >= OPEN_MAX {
            events.extend(self.calls.pop_first().map(|(_, event)| event));
        }
        events.extend(self.calls.insert(id(bundle, record), event));
    }

    /// Gives the event of the call that `record` ends, unless the return conditions don't match.
    /// A return whose entry was lost gives nothing: there is no argument to report.
    pub(super) fn complete(
        &mut self,
        bundle: usize,
        hook: &Hook,
        record: &Record<'_>,
        stacks: Stacks,
        events: &mut Vec<Event>,
    ) {
        let Some(mut event) = self.calls.remove(&id(bundle, record)) else { return };
        if record.u8(header::FLAGS) & flag::CANCELLED != 0 {
            return;
        }
        if let Body::Hook(call) = &mut event.body {
            hook::add_return(call, hook, record);
            call.stacks.or(stacks);
        }
        events.push(event);
    }

    /// Gives the events of a process's calls: it has ended, so they never return.
    pub(super) fn close_thread_group(&mut self, bundle: usize, pid: u32, events: &mut Vec<Event>) {
        let of_process = |id: &Id, event: &mut Event| {
            id.bundle == bundle && event.process.process.key.pid == pid
        };
        events.extend(self.calls.extract_if(.., of_process).map(|(_, event)| event));
    }

    /// Gives the events of all calls.
    pub(super) fn close_all(&mut self, events: &mut Vec<Event>) {
        events.extend(std::mem::take(&mut self.calls).into_values());
    }
}

fn id(bundle: usize, record: &Record<'_>) -> Id {
    Id {
        call: record.u64(header::CALL),
        bundle,
        thread: record.u32(header::TID),
        hook: record.u32(header::HOOK),
    }
}
