//! Where text stands: sources, spans, and values that know their span.

mod lines;

use std::ops::Range;
use std::sync::OnceLock;

pub use lines::Lines;

/// One text that was read, by its place in the [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// Its place in the [`SourceMap`], counted from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A run of bytes in one source. Lines and columns exist only where text is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `range` of `source`. Sources are smaller than 4 GiB: [`SourceMap::add`] sees to it.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Its bytes, as a range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// A text and its name.
#[derive(Debug, Clone)]
pub struct Source {
    /// As the user gave it; `<stdin>` for standard input.
    pub name: String,
    pub text: String,
    pub lines: Lines,
    /// How a part of it can stand for several places, once that was asked.
    pub(crate) shared: OnceLock<Shared>,
}

/// How a part of a text can stand for several places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared {
    /// YAML uses an alias somewhere.
    pub(crate) has_alias: bool,
    /// The Writ language has constants.
    pub(crate) has_constant: bool,
}

/// One line of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Counted from 1.
    pub number: usize,
    /// Column that was asked for, counted from 1, in characters.
    pub column: usize,
    /// Without the white space around it.
    pub text: &'a str,
}

/// Every text of one run.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

/// The largest text that is read, in bytes.
pub const SOURCE_MAX: usize = 64 << 20;

impl SourceMap {
    /// Takes a text in. Texts longer than [`SOURCE_MAX`] must be refused by who reads them.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        let text = text.into();
        let lines = Lines::of(&text);
        self.sources.push(Source { name: name.into(), text, lines, shared: OnceLock::new() });
        id
    }

    /// The source with this id, if it came from this map.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.index())
    }

    /// The text under `span`; empty when the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or("")
    }

    /// Line and column of the span's first character, both counted from 1; columns in characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(source) = self.get(span.source) else { return (1, 1) };
        let offset = (span.start as usize).min(source.text.len());
        let number = source.lines.number(offset);
        (number + 1, source.lines.column(&source.text, offset) + 1)
    }

    /// The line in which the span begins, if its source is in this map.
    pub fn line(&self, span: Span) -> Option<Line<'_>> {
        let source = self.get(span.source)?;
        let (number, column) = self.line_column(span);
        let tail = source.text.get(source.lines.start(number - 1)..);
        let text = tail.and_then(|tail| tail.lines().next()).unwrap_or("").trim();
        Some(Line { source: &source.name, number, column, text })
    }

    /// All sources, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0u32..).map(SourceId).zip(&self.sources)
    }
}
