//! Any bytes as an event record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ_bundle::record::Record;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::parse(bytes) {
        let total: usize = record.items().flatten().map(|item| item.payload.len()).sum();
        assert!(total <= bytes.len());
    }
});
