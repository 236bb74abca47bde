//! The artefact that `writ` compiles and `writ-loader` attaches.
//!
//! A bundle is one ELF object that any BPF loader accepts. What only Writ's loader needs stands in
//! the section [`SECTION`]: the [`Manifest`], as JSON. The events that the programs of a bundle
//! send are binary records; [`record`] says how they are laid out.
//!
//! This crate is the only code that the compiler and the loader share, so it parses nothing but
//! bundles and records, and both are untrusted bytes.

mod capability_table;
mod manifest;
mod network_table;
mod read;
pub mod record;
mod syscall_table;
mod syscall_table_32;

pub use capability_table::CAPABILITIES;
pub use manifest::*;
pub use network_table::{FAMILIES, PROTOCOLS, SOCKET_TYPES, STATES};
pub use read::{ReadError, read};
pub use syscall_table::{SYSCALL_32_BIT, syscall_name, syscall_number};
pub use syscall_table_32::syscall_number_32;

/// The ELF section that holds the manifest.
pub const SECTION: &str = ".writ";

/// The version of the manifest's format. A loader refuses a bundle with a larger one.
pub const FORMAT: u32 = 1;
