//! Any records through the loader: records, the process cache, and both printed forms.
//!
//! The input is a list of records, each behind a byte for its bundle and a `u16` for its length.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use writ_bundle::Manifest;
use writ_bundle::record::header;
use writ_loader::clock::Clock;
use writ_loader::events::compact::{self, Color, Style, Timestamps};
use writ_loader::events::json::{self, Node};
use writ_loader::events::{Event, Observer};
use writ_loader::process_cache::{Key, Process, ProcessCache};

/// Processes that are remembered: few, so that room is made for new ones.
const CAPACITY: usize = 16;

static MANIFEST: LazyLock<Manifest> =
    LazyLock::new(|| serde_json::from_str(include_str!("events.json")).expect("it is a manifest"));

fuzz_target!(|bytes: &[u8]| {
    let manifests = vec![MANIFEST.clone(), MANIFEST.clone()];
    let lookup = |pid| {
        let key = Key { pid, start: 7 };
        (pid % 2 == 0).then(|| Process::unknown(key))
    };
    let mut observer = Observer::new(manifests, ProcessCache::new(CAPACITY), Box::new(lookup));
    let mut events = Vec::new();
    let mut rest = bytes;
    while let Some(([bundle, low, high], tail)) = rest.split_first_chunk::<3>() {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(tail.len());
        let (record, tail) = tail.split_at(length);
        // A refused record changes nothing, and the next one is read all the same.
        let _ = observer.observe(usize::from(*bundle), &whole(record), &mut events);
        rest = tail;
    }
    observer.finish(&mut events);
    events.iter().for_each(print);
});

/// The record with its true length in the header, which the fuzzer would rarely guess.
fn whole(record: &[u8]) -> Vec<u8> {
    let mut record = record.to_vec();
    if let Some(length) = record.get_mut(header::LENGTH..header::LENGTH + 4) {
        let bytes = bytes_of(length);
        // An odd length is left as it is, so that lengths that lie are tried too.
        if bytes % 2 == 0 {
            let true_length = u32::try_from(record.len()).expect("it came behind a u16");
            record[header::LENGTH..header::LENGTH + 4].copy_from_slice(&true_length.to_le_bytes());
        }
    }
    record
}

fn bytes_of(length: &[u8]) -> u32 {
    u32::from_le_bytes(length.try_into().expect("it is four bytes"))
}

fn print(event: &Event) {
    let clock = Clock { from_monotonic: 1_700_000_000_000_000_000, suspended: 0 };
    let node = Node { name: "node".to_owned(), clock };
    let line = json::line(event, &node).expect("every event has a JSON form");
    assert!(!line.contains('\n'), "an event is one line");
    let style = Style { color: Color::Off, timestamps: Timestamps::On };
    let line = compact::line(event, &node, style);
    assert!(!line.contains(|c: char| c.is_control()), "a terminal would obey it: {line:?}");
}
