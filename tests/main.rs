//! Proves that Writ means what it says. Each module is one kind of proof.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test reads files, and it fails by panicking"
)]

mod cases;
mod catalogue;
mod differential;
mod files;
mod jit;
mod layering;
mod machine;
mod orphans;
mod outputs;
mod random;
mod records;
mod tetragon;
mod twins;
mod vm;
