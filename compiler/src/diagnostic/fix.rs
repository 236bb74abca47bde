//! Edits that mend what a finding is about.

mod extent;
mod scalar;
mod shared;

use super::visible::escaped;
use crate::source::{SourceMap, Span};

/// A way to mend a finding: all of its edits, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, as an order: lower case, no final period, user text in backticks.
    pub title: String,
    pub safety: Safety,
    /// They do not overlap.
    pub edits: Vec<Edit>,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// The policy means afterwards what its author clearly intended.
    Safe,
    /// It may mean something else afterwards.
    Unsafe,
}

impl Safety {
    /// The word for it in every output form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// One change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    /// What to write there instead.
    pub replacement: String,
    /// Whether more than the span goes.
    pub extent: Extent,
}

/// How far an edit reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// The span and nothing else.
    Exact,
    /// The value that the span is; it keeps its quotes, or gets some when it needs them.
    Value,
    /// The item of a list that the span is, with its line or its comma.
    Item,
    /// The key and value that the span is, with their lines or their comma.
    Entry,
}

impl Fix {
    /// A fix that needs no second look, so far without edits.
    pub fn safe(title: impl Into<String>) -> Self {
        Self { title: escaped(title.into()), safety: Safety::Safe, edits: Vec::new() }
    }

    /// A fix that a person must look at, so far without edits.
    pub fn not_safe(title: impl Into<String>) -> Self {
        Self { safety: Safety::Unsafe, ..Self::safe(title) }
    }

    /// Writes `replacement` over `span`; before it, when the span is empty.
    #[must_use]
    pub fn replace(self, span: Span, replacement: impl Into<String>) -> Self {
        self.edit(span, replacement.into(), Extent::Exact)
    }

    /// Writes another value, given without quotes, where the value or word of `span` stands.
    #[must_use]
    pub fn rewrite(self, span: Span, value: impl Into<String>) -> Self {
        self.edit(span, value.into(), Extent::Value)
    }

    /// Takes an item out of its list: a line beginning with `- `, or what is between two commas.
    #[must_use]
    pub fn remove_item(self, span: Span) -> Self {
        self.edit(span, String::new(), Extent::Item)
    }

    /// Takes a key and its value, which `span` both holds, out of their mapping.
    #[must_use]
    pub fn remove_entry(self, span: Span) -> Self {
        self.edit(span, String::new(), Extent::Entry)
    }

    fn edit(mut self, span: Span, replacement: String, extent: Extent) -> Self {
        self.edits.push(Edit { span, replacement, extent });
        self
    }

    /// Its edits with spans that say exactly what goes, in the order of the text; `None` when one of
    /// them would leave something else than a well-formed document, such as a list without items,
    /// or when the text may stand for several places.
    pub fn edits_in(&self, sources: &SourceMap) -> Option<Vec<Edit>> {
        let mut edits =
            self.edits.iter().map(|edit| edit.exact(sources)).collect::<Option<Vec<_>>>()?;
        edits.sort_by_key(|edit| edit.span);
        Some(edits)
    }
}

impl Edit {
    fn exact(&self, sources: &SourceMap) -> Option<Self> {
        let source = sources.get(self.span.source)?;
        let text = &source.text;
        if shared::is_shared(source, self.span.range().start) {
            return None;
        }
        let range = extent::range(text, self.span.range(), self.extent)?;
        let replacement = match self.extent {
            Extent::Value => scalar::like(text.get(range.clone())?, &self.replacement)?,
            Extent::Exact | Extent::Item | Extent::Entry => self.replacement.clone(),
        };
        let span = Span::new(self.span.source, range);
        Some(Self { span, replacement, extent: Extent::Exact })
    }
}
