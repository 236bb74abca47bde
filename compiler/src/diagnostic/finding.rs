//! One finding: what it says, where, how sure it is, and how it can be mended.

use super::visible::escaped;
use super::{Certainty, Fix, TetragonAnswer};
use crate::source::Span;

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
    pub certainty: Certainty,
    /// Ways to mend it, the best first.
    pub fixes: Vec<Fix>,
    /// What Tetragon would say, where this finding knows better than its code.
    pub tetragon: Option<TetragonAnswer>,
}

impl Finding {
    /// A finding at `span`, proven until said otherwise.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: escaped(message.into()),
            label: String::new(),
            also: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            kernels: Vec::new(),
            certainty: Certainty::Proven,
            fixes: Vec::new(),
            tetragon: None,
        }
    }

    /// Says under the span what is wrong there.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = escaped(label.into());
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, escaped(label.into())));
        self
    }

    /// Says what to write instead. Takes an `Option`, since advice is not always to be had.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help.extend(help.into().map(escaped));
        self
    }

    /// Adds a fact that explains the finding.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(escaped(note.into()));
        self
    }

    /// Says for which kernel it holds.
    #[must_use]
    pub fn on_kernel(mut self, kernel: impl Into<String>) -> Self {
        self.kernels.push(escaped(kernel.into()));
        self
    }

    /// Says that it rests on a list of names, or on what is usually so.
    #[must_use]
    pub fn inferred(self) -> Self {
        self.certainty(Certainty::Inferred)
    }

    /// Says that the kernel's profile lacks the fact that would decide it.
    #[must_use]
    pub fn unknown(self) -> Self {
        self.certainty(Certainty::Unknown)
    }

    /// Says how sure it is, as far as that was not doubted before.
    #[must_use]
    pub fn certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = self.certainty.weaker(certainty);
        self
    }

    /// Adds a way to mend it. Takes an `Option`, since there is not always one.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into());
        self
    }

    /// Says what Tetragon does with such a policy.
    #[must_use]
    pub fn tetragon(mut self, answer: TetragonAnswer) -> Self {
        self.tetragon = Some(answer);
        self
    }
}
