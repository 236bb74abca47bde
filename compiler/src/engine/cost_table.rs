//! What the parts of a compiled policy cost, in instructions a run.
//!
//! Measured on 6.1 as `tests/bench/README.md` says, the kernel's own part included; what is marked
//! as estimated was not measured by itself.

/// An empty program on a trampoline: fentry, fexit, `fmod_ret` and LSM; about the same for a raw
/// tracepoint.
pub const TRAMPOLINE: u64 = 69;
/// A tracepoint whose record is filled first. Estimated.
pub const TRACEPOINT: u64 = 200;
/// A kprobe; a breakpoint or a call of ftrace comes first. Estimated from `prefixes-3-kprobe`.
pub const KPROBE: u64 = 400;
/// A kretprobe. Estimated.
pub const KRETPROBE: u64 = 800;

/// Asking for the process's id and comparing it.
pub const PID: u64 = 19;
/// A number from the context, and comparing it. Estimated.
pub const NUMBER: u64 = 10;
/// Finding the process and testing a set of binaries; the same for its other properties.
pub const PROCESS: u64 = 179;
/// A namespace, by reads of memory that may fault.
pub const NAMESPACE: u64 = 456;
/// The first name of a path, which rules most files out where all patterns begin at the root.
pub const FIRST_NAME: u64 = 180;
/// Scratch area, text of a path with four names, comparison, release.
pub const PATH_TEXT: u64 = 400;
/// What either takes in addition where pointers are not trusted, as in a kprobe.
pub const UNTRUSTED_PATH: u64 = 390;
/// A text that is copied: a string, a buffer. Estimated.
pub const COPIED_TEXT: u64 = 300;
/// Some fields of a structure: addresses, ports, the type of a file. Estimated.
pub const FIELDS: u64 = 100;
/// Comparing something else with what was read before. Estimated.
pub const KNOWN: u64 = 15;

/// Instructions that a processor carries out in a second: 2 GHz, one a cycle. Programs that run for a
/// moment between others seldom do better.
pub const A_SECOND: u64 = 2_000_000_000;
