//! What can be wrong with a policy: findings, their codes, and the list that collects them.

mod certainty;
pub mod code;
mod finding;
pub mod fingerprint;
mod fix;
mod nearest;
mod tetragon;
pub(crate) mod visible;

use crate::source::Span;
use std::collections::BTreeMap;

pub use certainty::Certainty;
pub use code::{Code, Severity};
pub use finding::Finding;
pub use fix::{Edit, Extent, Fix, Safety};
pub use nearest::{MOST_EDITS, Near, did_you_mean, nearest};
pub use tetragon::TetragonAnswer;

/// A finding about the user's input, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static Code,
    /// Usually the code's own; a rule may report some cases less severely.
    pub severity: Severity,
    pub finding: Finding,
}

/// Proof that an error is in a [`Diagnostics`]. Nothing outside this file can make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported(());

/// A mistake of ours, told instead of a panic: one sentence, for whoever mends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Defect(pub String);

/// Why a phase has no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The policy was refused.
    Reported(Reported),
    /// We have made a mistake.
    Defect(Defect),
}

impl From<Reported> for Stop {
    fn from(reported: Reported) -> Self {
        Self::Reported(reported)
    }
}

impl From<Defect> for Stop {
    fn from(defect: Defect) -> Self {
        Self::Defect(defect)
    }
}

/// Every finding of one run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Which of the list are at a place.
    at: BTreeMap<Span, Vec<usize>>,
    errors: usize,
}

impl Diagnostics {
    /// Adds an error. The code's severity must be [`Severity::Error`]; a lesser one is raised.
    pub fn error(&mut self, code: &'static Code, finding: Finding) -> Reported {
        self.push(Diagnostic { code, severity: Severity::Error, finding });
        Reported(())
    }

    /// Adds a finding with its code's own severity.
    pub fn add(&mut self, code: &'static Code, finding: Finding) {
        self.push(Diagnostic { code, severity: code.severity, finding });
    }

    /// Adds a diagnostic as it is, with the severity that somebody decided on.
    pub fn take(&mut self, diagnostic: Diagnostic) {
        self.push(diagnostic);
    }

    /// The gate at the end of a phase: `value`, unless there is an error.
    ///
    /// # Errors
    ///
    /// When any error was added, by this phase or an earlier one.
    pub fn gate<T>(&self, value: T) -> Result<T, Reported> {
        if self.errors == 0 { Ok(value) } else { Err(Reported(())) }
    }

    /// The findings so far.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes over the findings of `other`, as when several policies are compiled in one run.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// The findings, ordered by place.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| (a.finding.span, a.code.id).cmp(&(b.finding.span, b.code.id)));
        self.list
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        // The same mistake seen by two phases, or once a selector, is one mistake.
        let here = self.at.entry(diagnostic.finding.span).or_default();
        if here.iter().any(|&index| self.list.get(index) == Some(&diagnostic)) {
            return;
        }
        here.push(self.list.len());
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.list.push(diagnostic);
    }
}
