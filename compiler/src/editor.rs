//! Answers for editors: what a text means at a place, and what could stand there.
//!
//! Nothing here does IO or knows a protocol. A question is a text, an offset and the kernels; the
//! command line speaks with editors ([`crate::cli`]).

pub mod json_schema;
