//! Everything a verdict needs to know about one kernel, without that kernel being there.
//!
//! A [`Profile`] holds a kernel's BTF and what BTF does not tell: configuration, traceable
//! functions, tracepoint formats, the active LSMs. It reads bytes that are handed to it; opening
//! files is the command line's job. Facts have three values, see [`Answer`].

pub mod answer;
pub mod attach;
pub mod btf;
pub mod call_number;
pub mod difference;
pub mod elsewhere;
pub mod embedded;
pub mod feature;
pub mod function;
pub mod hook_name;
pub mod image;
pub mod lsm;
pub mod profile;
pub mod rate;
mod rate_table;
mod refused_lsm_hook_table;
pub mod security;
mod security_table;
pub mod signature;
pub mod syscall;
mod syscall_table;
pub mod tracepoint;
pub mod user_memory;
mod user_memory_table;
pub mod way;

pub use answer::{Answer, Evidence, Strength};
pub use btf::{Btf, Form, Shape, Type, TypeId};
pub use feature::Feature;
pub use function::{Function, Parameter, Prototype};
pub use hook_name::HookName;
pub use lsm::LsmHook;
pub use profile::{Facts, Profile, ProfileError};
pub use rate::Rate;
pub use signature::{Change, Passed, Signature};
pub use syscall::{Syscall, SyscallArgument};
pub use tracepoint::{Field, RawTracepoint, Tracepoint};
pub use way::Way;

#[cfg(test)]
mod tests;
