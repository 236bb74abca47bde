//! Any bytes as a kernel's BTF or as the file with a program's, and every question that compiling asks
//! of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::kernel::btf::program;

/// Types that are looked at; each alone takes a bounded time.
const LOOKED_AT: usize = 256;

fuzz_target!(|bytes: &[u8]| {
    let Ok(btf) = program::read(bytes) else { return };
    for type_ in btf.types().take(LOOKED_AT) {
        let _ = (type_.text(), type_.shape(), type_.shape_of_pointer(), type_.size());
        let _ = (type_.resolved(), type_.pointee(), type_.returns(), type_.member_names());
        for member in type_.members().chain(type_.parameters()).take(LOOKED_AT) {
            let _ = (member.type_.text(), type_.member(member.name));
        }
        let _ = (type_.enumerators().count(), btf.named(type_.name()).count());
        let _ = btf.shape_of_text(type_.name());
    }
});
