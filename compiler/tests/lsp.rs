//! The language server, driven over pipes as an editor drives it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::string_slice, reason = "tests cut their own texts")]
#![expect(clippy::disallowed_methods, reason = "a test writes settings")]
#![expect(clippy::indexing_slicing, reason = "indexing JSON never fails")]

mod client;
mod hostile;
mod latency;
mod protocol;
mod writ;
mod yaml;
