//! Diagnostics as text, one file a form. Rendering formats; it decides nothing.

pub mod difference;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod short;

use crate::diagnostic::{Certainty, Edit, Finding, Fix};
use crate::source::SourceMap;

/// The fixes of `finding` that can be made, each with its edits.
fn fixes<'a>(
    finding: &'a Finding,
    sources: &'a SourceMap,
) -> impl Iterator<Item = (&'a Fix, Vec<Edit>)> {
    finding.fixes.iter().filter_map(|fix| Some((fix, fix.edits_in(sources)?)))
}

/// What forms for people add to a finding that is not proven.
fn doubt(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Proven => "",
        Certainty::Inferred => " (inferred)",
        Certainty::Unknown => " (unknown)",
    }
}

/// How many findings of a run are not shown, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    /// A comment suppresses them.
    pub suppressed: usize,
    /// A baseline knows them.
    pub known: usize,
}
