//! The language server, driven over pipes as an editor drives it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::string_slice, reason = "tests cut their own texts")]
#![expect(clippy::disallowed_methods, reason = "a test writes settings")]
#![expect(clippy::indexing_slicing, reason = "indexing JSON never fails")]

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/hostile.rs"]
mod hostile;
#[path = "lsp/latency.rs"]
mod latency;
#[path = "lsp/protocol.rs"]
mod protocol;
#[path = "lsp/writ.rs"]
mod writ;
#[path = "lsp/yaml.rs"]
mod yaml;
