//! `use-descriptors FIRST`: makes system calls on descriptors that are not open, each on the next,
//! and prints their results. `close-as-32-bits DESCRIPTOR` closes one as a 32-bit program does.

use std::io::Error;

/// `dup`, `fsync`, `fchdir` and `flock`, in this order.
pub(crate) fn use_them(arguments: &[String]) -> Result<(), String> {
    let first = number(arguments)?;
    let calls = [
        ("dup", libc::SYS_dup),
        ("fsync", libc::SYS_fsync),
        ("fchdir", libc::SYS_fchdir),
        ("flock", libc::SYS_flock),
    ];
    for ((name, call), descriptor) in calls.into_iter().zip(first..) {
        // SAFETY: none of these calls takes a pointer.
        let result = unsafe { libc::syscall(call, descriptor, libc::LOCK_SH | libc::LOCK_NB) };
        let error = Error::last_os_error().raw_os_error().unwrap_or(0);
        println!("{name} {}", if result < 0 { -error } else { 0 });
    }
    Ok(())
}

/// `notify-and-forget FOLDER`: makes two folders in it. Before the first it calls `fchdir`, before the
/// second `fchdir` and then `fsync`, both on a descriptor that is not open.
pub(crate) fn notify_and_forget(arguments: &[String]) -> Result<(), String> {
    let [folder] = arguments else { return Err("FOLDER is missing".into()) };
    for (name, forgets) in [("first", false), ("second", true)] {
        // SAFETY: the calls take no pointer.
        unsafe {
            libc::syscall(libc::SYS_fchdir, 7001);
            if forgets {
                libc::syscall(libc::SYS_fsync, 7001);
            }
        }
        let result = std::fs::create_dir(format!("{folder}/{name}"));
        let error = result.err().and_then(|error| error.raw_os_error()).unwrap_or(0);
        println!("{name} {error}");
    }
    Ok(())
}

/// `close` has the number 6 there.
pub(crate) fn close_as_32_bits(arguments: &[String]) -> Result<(), String> {
    let descriptor = number(arguments)?;
    let result: i32;
    // SAFETY: the call takes no pointer. The kernel saves all registers but those named here; LLVM
    // keeps rbx for itself, so it is put back.
    unsafe {
        std::arch::asm!(
            "xchg {descriptor:r}, rbx",
            "int 0x80",
            "xchg {descriptor:r}, rbx",
            descriptor = inout(reg) i64::from(descriptor) => _,
            inout("eax") 6 => result,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    println!("close {result}");
    Ok(())
}

fn number(arguments: &[String]) -> Result<i32, String> {
    let [descriptor] = arguments else { return Err("a DESCRIPTOR is missing".into()) };
    descriptor.parse().map_err(|error| format!("{descriptor}: {error}"))
}
