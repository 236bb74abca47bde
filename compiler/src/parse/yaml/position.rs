//! From the scanner's places, which count characters, to bytes.

use crate::source::{SourceId, Span};
use saphyr_parser::Marker;

/// At which byte each character of a text begins; nothing when every character is one byte.
pub(super) struct Offsets(Option<Vec<u32>>);

impl Offsets {
    pub(super) fn of(text: &str) -> Self {
        let offset = |(at, _)| u32::try_from(at).unwrap_or(u32::MAX);
        Self((!text.is_ascii()).then(|| text.char_indices().map(offset).collect()))
    }

    /// Those of the characters that begin at byte `base` or behind it.
    fn from(&self, base: usize) -> Option<&[u32]> {
        let offsets = self.0.as_deref()?;
        offsets.get(offsets.partition_point(|&offset| (offset as usize) < base)..)
    }
}

/// The places of one piece of a source.
pub(super) struct Positions<'a> {
    source: SourceId,
    text: &'a str,
    /// Where the piece begins in the source.
    base: usize,
    /// The byte of the source at which each character begins; `None` when every character is one
    /// byte.
    offsets: Option<&'a [u32]>,
}

impl<'a> Positions<'a> {
    /// For the piece of `source` that begins at byte `base` and reads `text`.
    pub(super) fn new(source: SourceId, base: usize, text: &'a str, offsets: &'a Offsets) -> Self {
        Self { source, text, base, offsets: offsets.from(base) }
    }

    /// The bytes between two places of the scanner, without what may follow a value: blanks, and
    /// after a quoted scalar a comment.
    pub(super) fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start);
        let start = start + properties(self.text.get(start..).unwrap_or(""));
        let written = self.text.get(start..self.byte(span.end)).unwrap_or("");
        let length = match written.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(written, quote),
            _ => written.trim_end().len(),
        };
        self.at(start..start + length)
    }

    /// The word at a place of the scanner, or what stands last before it.
    pub(super) fn word(&self, marker: Marker) -> Span {
        let at = self.byte(marker);
        let rest = self.text.get(at..).unwrap_or("");
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if length > 0 {
            return self.at(at..at + length);
        }
        let before = self.text.get(..at).unwrap_or("").trim_end();
        let last = before.chars().next_back().map_or(0, char::len_utf8);
        self.at(before.len() - last..before.len())
    }

    /// The byte of the piece at which a place of the scanner is.
    pub(super) fn byte(&self, marker: Marker) -> usize {
        match &self.offsets {
            None => marker.index().min(self.text.len()),
            Some(offsets) => {
                let offset = offsets.get(marker.index());
                offset.map_or(self.text.len(), |&offset| (offset as usize) - self.base)
            }
        }
    }

    fn at(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, self.base + range.start..self.base + range.end)
    }
}

/// The length of the anchor and the tag before a value, with the blanks around them.
fn properties(text: &str) -> usize {
    let mut rest = text;
    while rest.starts_with(['&', '!']) {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or("").trim_start();
    }
    text.len() - rest.len()
}

/// The length of the quoted scalar with which `text` begins, quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        let escapes = match quote {
            '"' => character == '\\',
            _ => character == '\'' && characters.peek().is_some_and(|&(_, next)| next == '\''),
        };
        if escapes {
            characters.next();
        } else if character == quote {
            return at + 1;
        }
    }
    text.trim_end().len()
}
