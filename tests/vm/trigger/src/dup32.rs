//! `dup32`: duplicates its standard output through the 32-bit entry of the kernel, and once more
//! through its own.

use std::arch::asm;

/// The number of `dup` for 32-bit programs.
const DUP_32: u32 = 41;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let mut result = DUP_32;
    // SAFETY: the call takes a number and makes a descriptor; rbx, which the compiler keeps for
    // itself, is restored.
    unsafe {
        asm!(
            "xchg rbx, rdi",
            "int 0x80",
            "xchg rbx, rdi",
            inout("eax") result,
            inout("rdi") 1_u64 => _,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    // SAFETY: takes no pointer.
    let own = unsafe { libc::dup(1) };
    if result.cast_signed() < 0 || own < 0 { Err(format!("{result} {own}")) } else { Ok(()) }
}
