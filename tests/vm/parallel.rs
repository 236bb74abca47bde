//! Guests that run at the same time, one for each of the machine's processors.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// Does the work for each item, the first items first; the answers are in the items' order.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let waiting = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    let guests = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..guests {
            scope.spawn(|| {
                loop {
                    let Some((index, item)) = waiting.lock().unwrap().next() else { break };
                    let answer = work(item);
                    done.lock().unwrap().insert(index, answer);
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}
