//! Any bytes as a bundle.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = writ_bundle::read(bytes);
});
