//! The Writ language, read into policies.
//!
//! A text is cut into tokens, the tokens into statements, and each statement is parsed by the
//! grammar on its own: pest stops at the first mistake, and so one mistake costs one statement.

mod action;
mod argument;
mod comment;
mod comparison;
mod condition;
mod constant;
mod definition;
mod expected;
mod format;
mod grammar;
mod hook;
mod outline;
mod pairs;
mod report;
mod rule;
mod setting;
mod subject;
#[cfg(test)]
mod tests;
pub mod token;
mod value;
mod workload;

pub use comment::comments;

use std::ops::Range;

pub(crate) use action::ACTIONS;
pub use format::format;
pub(crate) use hook::KINDS as HOOK_KINDS;
pub(crate) use outline::{HOOK_WORDS, POLICY_WORDS};

use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::policy::Policy;
use crate::source::{SourceId, SourceMap, Span};

/// Reads every `policy` block of a source.
pub fn parse(source: SourceId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Vec<Policy> {
    let Some(found) = sources.get(source) else { return Vec::new() };
    let mut text = Text::new(source, &found.text, diagnostics);
    let outlines = outline::outline(&mut text);
    let read = outlines.get(..POLICIES_MAX).unwrap_or(&outlines);
    let policies = read.iter().filter_map(|policy| setting::policy(policy, &mut text)).collect();
    if let Some(beyond) = outlines.get(POLICIES_MAX) {
        report::too_large(&mut text, Span::new(source, beyond.range.clone()), "the text");
    }
    policies
}

/// A text on its way through the parser, and the mistakes found in it.
#[derive(Debug)]
struct Text<'a> {
    source: SourceId,
    content: &'a str,
    tokens: Vec<token::Token>,
    diagnostics: &'a mut Diagnostics,
    mistakes: usize,
    /// How many more values constants may expand to; `None` once they were too many.
    values_left: Option<usize>,
    /// How many more bytes of rules a list of hooks may repeat.
    copies_left: usize,
}

/// Policies in one text: as many as a YAML source may have documents.
const POLICIES_MAX: usize = 10_000;

/// Values in all lists of one text, once its constants are expanded.
const VALUES_MAX: usize = 1 << 20;

/// Bytes of rules that hook lists may repeat.
const COPIES_MAX: usize = 16 << 20;

impl<'a> Text<'a> {
    fn new(source: SourceId, content: &'a str, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            source,
            content,
            tokens: token::tokens(content),
            diagnostics,
            mistakes: 0,
            values_left: Some(VALUES_MAX),
            copies_left: COPIES_MAX,
        }
    }

    /// The span of some bytes.
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    /// Adds a finding, unless there are too many already to be read.
    fn report(&mut self, code: &'static Code, finding: Finding) {
        self.mistakes += 1;
        if self.mistakes > report::MISTAKES_MAX {
            return;
        }
        let finding = if self.mistakes == report::MISTAKES_MAX {
            finding.note("there may be more mistakes; the rest of this text is not reported")
        } else {
            finding
        };
        self.diagnostics.error(code, finding);
    }
}
