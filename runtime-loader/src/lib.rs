//! Attaches bundles, enforces them and reports events.
//!
//! A **bundle** is what `writ compile` wrote. It is attached as a whole or not at all. Its programs
//! send **records**, and an observer of records knows enough of the **processes** on the node to
//! print each as an **event** in Tetragon's form.

pub mod arguments;
pub mod attach;
mod build_id;
pub mod bundle_file;
pub mod clock;
pub mod code;
pub mod command;
pub mod container;
pub mod control;
pub mod events;
mod kernel_types;
pub mod maps;
pub mod output;
pub mod policies;
mod policy;
pub mod preflight;
pub mod proc_scan;
pub mod process_cache;
pub mod requests;
pub mod run;
pub mod running_kernel;
mod session;
pub mod symbols;
pub mod system;
pub mod user_program;
pub mod verifier_log;
pub mod workloads;
