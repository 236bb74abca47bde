//! Reads a comment word by word, and knows where each stands.

use crate::source::{Span, Spanned};

/// What is left of a comment, without the blanks around it.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    span: Span,
}

impl<'a> Cursor<'a> {
    /// At the beginning of the text under `span`.
    pub(super) fn new(source: &'a str, span: Span) -> Self {
        let mut cursor = Self { text: source.get(span.range()).unwrap_or("").trim_end(), span };
        cursor.skip(0);
        cursor
    }

    /// Goes past `word` and the blanks after it, if it is next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is_next = self.text.starts_with(word);
        if is_next {
            self.skip(word.len());
        }
        is_next
    }

    /// Goes to the first of `signs`, or else to the end, and gives what was passed.
    pub(super) fn until(&mut self, signs: &[char]) -> Spanned<&'a str> {
        let end = self.text.find(signs).unwrap_or(self.text.len());
        let word = self.text.get(..end).unwrap_or("").trim_end();
        let start = self.span.start as usize;
        let span = Span::new(self.span.source, start..start + word.len());
        self.skip(end);
        Spanned::new(word, span)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.text.is_empty()
    }

    /// All that is left; at the end, the place after it.
    pub(super) fn here(&self) -> Span {
        let start = self.span.start as usize;
        Span::new(self.span.source, start..start + self.text.len())
    }

    fn skip(&mut self, bytes: usize) {
        let rest = self.text.get(bytes..).unwrap_or("");
        let rest = rest.trim_start();
        let start = self.span.start as usize + (self.text.len() - rest.len());
        self.span = Span::new(self.span.source, start..self.span.end as usize);
        self.text = rest;
    }
}
