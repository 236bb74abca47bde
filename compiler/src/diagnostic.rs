//! What can be wrong with a policy: findings, their codes, and the list that collects them.

pub mod code;
pub mod fingerprint;
mod nearest;

use crate::source::Span;
use std::collections::BTreeMap;

pub use code::{Code, Severity};
pub use nearest::did_you_mean;

/// A finding about the user's input, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static Code,
    /// Usually the code's own; a rule may report some cases less severely.
    pub severity: Severity,
    pub finding: Finding,
}

/// What a finding says and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub span: Span,
    /// What is wrong: one sentence, lower case, no final period, user text in backticks.
    pub message: String,
    /// What is wrong at the span; the rendered underline shows it. Empty when the message suffices.
    pub label: String,
    /// Other places that matter, each with what is there.
    pub also: Vec<(Span, String)>,
    /// What to write instead.
    pub help: Vec<String>,
    /// Facts that explain the finding.
    pub notes: Vec<String>,
    /// Kernels (profile names) for which it holds; empty when it holds for any.
    pub kernels: Vec<String>,
}

impl Finding {
    /// A finding at `span`.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: String::new(),
            also: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            kernels: Vec::new(),
        }
    }

    /// Says under the span what is wrong there.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Says what to write instead. Takes an `Option`, since advice is not always to be had.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help.extend(help.into());
        self
    }

    /// Adds a fact that explains the finding.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says for which kernel it holds.
    #[must_use]
    pub fn on_kernel(mut self, kernel: impl Into<String>) -> Self {
        self.kernels.push(kernel.into());
        self
    }
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
