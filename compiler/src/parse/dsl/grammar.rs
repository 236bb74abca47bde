//! The parser that pest builds from `grammar/writ.pest`.

use pest_derive::Parser;

/// Parses any rule of the grammar.
#[derive(Debug, Parser)]
#[grammar = "../../grammar/writ.pest"]
pub(super) struct WritParser;
