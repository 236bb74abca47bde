//! `nested-truncate FILE LENGTH`: truncates a file from three functions with known names, each
//! called by the next: `writ_inner`, `writ_middle`, `writ_outer`. Lives on for a while, so that its
//! functions can be looked up.

use std::fs::File;
use std::os::fd::AsRawFd as _;

// Written by hand, so that the chain of frame pointers leads through them however the rest is
// compiled. 77 is `ftruncate`.
std::arch::global_asm!(
    ".macro writ_frame name, callee",
    ".globl \\name",
    ".type \\name, @function",
    "\\name:",
    "push rbp",
    "mov rbp, rsp",
    "call \\callee",
    "pop rbp",
    "ret",
    ".size \\name, . - \\name",
    ".endm",
    "writ_frame writ_outer, writ_middle",
    "writ_frame writ_middle, writ_inner",
    ".globl writ_inner",
    ".type writ_inner, @function",
    "writ_inner:",
    "push rbp",
    "mov rbp, rsp",
    "mov eax, 77",
    "syscall",
    "pop rbp",
    "ret",
    ".size writ_inner, . - writ_inner",
);

unsafe extern "C" {
    fn writ_outer(descriptor: i64, length: i64) -> i64;
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [path, length] = arguments else { return Err("FILE and LENGTH are missing".into()) };
    let length = length.parse().map_err(|error| format!("{length}: {error}"))?;
    let file = File::create(path).map_err(|error| format!("{path}: {error}"))?;
    // SAFETY: it makes one system call, which takes no pointer.
    match unsafe { writ_outer(file.as_raw_fd().into(), length) } {
        0 => {
            std::thread::sleep(std::time::Duration::from_secs(3));
            Ok(())
        }
        error => Err(format!("ftruncate answers {error}")),
    }
}
