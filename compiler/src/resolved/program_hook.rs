//! A hook in a program or library: a uprobe or a USDT probe.

use super::{Argument, Selector};
use crate::source::{Span, Spanned};

/// One hook of one policy in a file that user space executes. The file is not there when a policy is
/// checked, so whether it has the symbol or the probe is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramHook {
    pub span: Span,
    pub point_span: Span,
    /// Path of the program or library; it is absolute.
    pub path: Spanned<String>,
    pub point: ProgramPoint,
    pub arguments: Vec<Argument>,
    pub data: Vec<Argument>,
    pub return_argument: Option<Argument>,
    /// The first that matches wins. None at all: every hit is posted.
    pub selectors: Vec<Selector>,
    pub message: Option<String>,
    pub tags: Vec<String>,
    /// Where it says that a binary with another digest is passed over.
    pub ignore_missing: Option<Span>,
}

/// Which place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramPoint {
    /// A function, and bytes from its beginning.
    Symbol { name: String, offset: u64, reference_counter: Option<u64> },
    /// Bytes from the beginning of the file.
    Offset { offset: u64, reference_counter: Option<u64> },
    /// A virtual address.
    Address { address: u64, reference_counter: Option<u64> },
    /// A USDT probe.
    Usdt { provider: String, name: String },
}
