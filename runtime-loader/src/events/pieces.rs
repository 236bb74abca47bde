//! Bytes that did not fit in the record of their event. They come in records before it.

use std::collections::VecDeque;

use writ_bundle::record::{Item, Record, TEXT_MAX, header};

/// Values that are waited for at most; beyond it the oldest is shown as far as its event has it.
const WAITING_MAX: usize = 16;

/// Values whose further bytes have come. Several hooks of one program can show the same value, so
/// none is forgotten when its event comes.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Ordered by age.
    waiting: VecDeque<(Id, Vec<u8>)>,
}

/// Which value it is. Its item has the same name in MODE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Id {
    bundle: usize,
    thread: u32,
    name: u64,
    item: u16,
}

impl Pieces {
    /// Keeps the bytes of a record of the kind `DATA`. Those that do not follow what is there, since
    /// a record between was lost, are left out.
    pub(super) fn add(&mut self, bundle: usize, record: &Record<'_>) {
        let (thread, name) = (record.u32(header::TID), record.u64(header::CALL));
        let start = usize::try_from(record.u64(header::ACTION_ARGUMENT)).unwrap_or(usize::MAX);
        for item in record.items().map_while(Result::ok) {
            let id = Id { bundle, thread, name, item: item.id };
            let known = self.waiting.iter_mut().find(|(known, _)| *known == id);
            match known {
                Some((_, bytes)) if TEXT_MAX + bytes.len() == start => {
                    bytes.extend(item.payload);
                }
                None if start == TEXT_MAX => {
                    if self.waiting.len() >= WAITING_MAX {
                        self.waiting.pop_front();
                    }
                    self.waiting.push_back((id, item.payload.to_vec()));
                }
                Some(_) | None => {}
            }
        }
    }

    /// The bytes that follow those of `item` in a record of this thread.
    pub(super) fn rest(&self, bundle: usize, record: &Record<'_>, item: &Item<'_>) -> &[u8] {
        let id = Id {
            bundle,
            thread: record.u32(header::TID),
            name: u64::from(item.mode),
            item: item.id,
        };
        let known = self.waiting.iter().find(|(known, _)| *known == id);
        known.map_or(&[], |(_, bytes)| bytes)
    }
}
