//! Comments that say why a finding is no mistake: `# writ: allow(hot-hook) until 2027-01-31: why`.

mod apply;
mod cursor;
mod read;
#[cfg(test)]
mod tests;

pub use apply::{Suppressed, suppress};
pub use read::read;

use super::date::Date;
use crate::diagnostic::Code;
use crate::source::{Span, Spanned};

/// One comment that hides findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment, from its `#`.
    pub span: Span,
    /// What goes when the comment goes: the blanks before it, or the line that it has to itself.
    pub whole: Span,
    pub scope: Scope,
    /// The codes that are hidden, at least one.
    pub codes: Vec<Spanned<&'static Code>>,
    /// The last day on which it holds.
    pub until: Option<Spanned<Date>>,
    /// Why what was found is no mistake. Never empty.
    pub reason: Spanned<String>,
}

/// Which findings a suppression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that begin in one line: that of the comment or, where the comment has a line to itself,
    /// the next that holds more than comments.
    Line(Span),
    /// Those of the whole file.
    File,
}
