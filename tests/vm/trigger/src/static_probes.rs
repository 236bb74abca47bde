//! `static-probes COUNT`: comes to static probes of this program, as `sys/sdt.h` makes them, whose
//! arguments are known, and prints what became of a number that a policy can set.
//!
//! `trigger:round` is in two places, whose arguments are not in the same registers. A semaphore counts
//! who watches `trigger:watched`; nothing comes to that probe unless somebody does.

use std::arch::asm;
use std::ptr::read_volatile;

/// The `COUNT` of rounds.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [count] = arguments else { return Err("COUNT is missing".into()) };
    let count: i32 = count.parse().map_err(|error| format!("{count}: {error}"))?;
    let name = c"static".as_ptr();
    for round in 0..count {
        first(round, name);
        second(round.wrapping_neg(), name);
    }
    println!("allowed {}", allowed(count));
    // SAFETY: only the kernel writes to it.
    if unsafe { read_volatile(&raw const WATCHED) } > 0 {
        println!("watched");
        watched(count);
    }
    Ok(())
}

/// Counts who watches.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".probes")]
static mut WATCHED: u16 = 0;

/// The note of a probe: its place, its base, its semaphore, and where its arguments are, in which
/// `\\044` stands for the dollar sign, which asm! takes for its own.
macro_rules! probe {
    ($name:literal, $semaphore:literal, $arguments:literal, $($operands:tt)*) => {
        asm!(
            "990: nop",
            ".pushsection .note.stapsdt, \"\", \"note\"",
            ".balign 4",
            ".4byte 992f-991f, 994f-993f, 3",
            "991: .asciz \"stapsdt\"",
            "992: .balign 4",
            concat!("993: .8byte 990b, _.stapsdt.base, ", $semaphore),
            ".asciz \"trigger\"",
            concat!(".asciz \"", $name, "\""),
            concat!(".asciz \"", $arguments, "\""),
            "994: .balign 4",
            ".popsection",
            ".ifndef _.stapsdt.base",
            ".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat",
            ".weak _.stapsdt.base",
            ".hidden _.stapsdt.base",
            "_.stapsdt.base: .space 1",
            ".size _.stapsdt.base, 1",
            ".popsection",
            ".endif",
            $($operands)*
        )
    };
}

#[inline(never)]
fn first(round: i32, name: *const std::ffi::c_char) {
    // SAFETY: it does nothing.
    unsafe {
        probe!("round", "0", "-4@%r12d 8@%rdi 8@\\044-3", in("r12") i64::from(round), in("rdi") name);
    }
}

#[inline(never)]
fn second(round: i32, name: *const std::ffi::c_char) {
    let numbers = [7_i32, round];
    // SAFETY: it does nothing.
    unsafe {
        probe!(
            "round", "0", "-4@-4(%r13,%r14,4) 8@%rsi 8@\\0449",
            in("r13") &raw const numbers,
            in("r14") 2_u64,
            in("rsi") name,
        );
    }
}

/// 0, unless a policy writes something else there.
#[inline(never)]
fn allowed(count: i32) -> i32 {
    let mut allowed = 0_i32;
    // SAFETY: a policy may write to `allowed`, which is behind a pointer that the compiler does not
    // see through.
    unsafe {
        probe!("allowed", "0", "-4@(%r13) -4@%r12d", in("r13") &raw mut allowed, in("r12") i64::from(count));
        read_volatile(&raw const allowed)
    }
}

#[inline(never)]
fn watched(count: i32) {
    // SAFETY: it does nothing.
    unsafe {
        probe!("watched", "WATCHED", "-4@%r12d", in("r12") i64::from(count));
    }
}
