//! Any bytes as a kernel's BTF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::kernel::btf::Btf;

fuzz_target!(|bytes: &[u8]| {
    let _ = Btf::parse(bytes.to_vec());
});
