//! Any bytes as a kernel profile.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::kernel::Profile;

fuzz_target!(|bytes: &[u8]| {
    let _ = Profile::read(bytes);
});
