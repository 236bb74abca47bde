//! What a program reads at its start, because many places ask for it.
//!
//! A value is read where it is first asked for. Where policies can be passed over, each of them may
//! be the first, and the reading stands in each. Running does not cost more by that, but the verifier
//! follows the routine at every place, some ten thousand instructions for a path, of a million that
//! it allows a program.

use std::collections::BTreeMap;

use writ_bundle::Attach;

use super::coder::Coder;
use super::stack::Slot;
use super::state::Done;
use crate::ids::Id;
use crate::ir::{Program, Role, Value, ValueOrigin};

/// In how many places a program reads a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Places {
    /// For a test.
    pub asked: usize,
    /// Only to show it.
    pub shown: usize,
}

/// Places that are taken for tests. What rules a path out without reading it still does so.
const ASKED_MAX: usize = 3;

/// Places that are taken to show a value. An early reading costs every hit, an event or not.
const SHOWN_MAX: usize = 12;

/// When a value is read at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Early {
    /// Unless its first names rule it out for every test.
    UnlessRuledOut,
    Always,
}

/// The values that `program` is to read at its start, which it read in so many places.
pub(super) fn early(
    program: &Program,
    places: &BTreeMap<Id<Value>, Places>,
) -> BTreeMap<Id<Value>, Early> {
    if program.role != Role::Entry || is_shared_with_strangers(&program.attach) {
        return BTreeMap::new();
    }
    let is_at_hand = |value: &Id<Value>| match program.values[*value].origin {
        ValueOrigin::Hook(_) => true,
        ValueOrigin::Executable => false,
    };
    let early = |(value, places): (&Id<Value>, &Places)| {
        let when = if places.shown > SHOWN_MAX {
            Early::Always
        } else if places.asked > ASKED_MAX {
            Early::UnlessRuledOut
        } else {
            return None;
        };
        Some((*value, when))
    };
    places.iter().filter(|(value, _)| is_at_hand(value)).filter_map(early).collect()
}

/// Whether the program also runs at what no policy is about: every system call, where a list of them
/// has one program.
fn is_shared_with_strangers(attach: &Attach) -> bool {
    match attach {
        Attach::RawTracepoint { .. } | Attach::BtfTracepoint { .. } => true,
        Attach::Fentry { .. }
        | Attach::Fexit { .. }
        | Attach::FmodRet { .. }
        | Attach::Kprobe { .. }
        | Attach::Kprobes { .. }
        | Attach::KprobeMulti { .. }
        | Attach::Kretprobe { .. }
        | Attach::Kretprobes { .. }
        | Attach::KretprobeMulti { .. }
        | Attach::Lsm { .. }
        | Attach::Tracepoint { .. }
        | Attach::Uprobe { .. }
        | Attach::Uretprobe { .. }
        | Attach::Usdt { .. } => false,
    }
}

impl Coder<'_> {
    /// Reads a value before anything is asked.
    pub(super) fn read_early(&mut self, value: Id<Value>, when: Early) {
        let names = match when {
            Early::UnlessRuledOut => self.names.get(&value),
            Early::Always => None,
        };
        let Some(names) = names else { return self.read(value) };
        let (open, ruled_out) = (self.emitter.label(), self.emitter.label());
        self.must_be_zeroed(Slot::Value(value));
        self.compare_names(value, names, open, ruled_out);
        let before = self.state.clone();
        self.emitter.place(open);
        self.read(value);
        self.emitter.place(ruled_out);
        self.state = self.state.meet(&before);
        self.state.decided.insert(value, Done::Surely);
    }
}
