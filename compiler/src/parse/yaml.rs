//! To be written.

use crate::diagnostic::Diagnostics;
use crate::policy::Policy;
use crate::source::{SourceId, SourceMap};

/// To be written.
pub fn parse(_: SourceId, _: &SourceMap, _: &mut Diagnostics) -> Vec<Policy> {
    Vec::new()
}
