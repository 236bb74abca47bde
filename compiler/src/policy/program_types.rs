//! What the files say that policies name as the types of programs (`btfPath`).

use std::collections::BTreeMap;
use std::sync::Arc;

/// The bytes of each file by its path as the policy writes it, or why there are none.
///
/// A policy names files, and parsing reads none: whoever may do so puts them here before the policy
/// is bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgramTypes(pub BTreeMap<String, Result<Arc<[u8]>, String>>);
