//! Walking what pest returns: spans, children and texts.

use pest::Parser as _;
use pest::iterators::Pair as PestPair;

use super::grammar::{Rule, WritParser};
use super::outline::Piece;
use super::value::unescape;
use super::{Text, expected};
use crate::source::{Span, Spanned};

/// A node of the parse tree that knows where its piece stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    inner: PestPair<'a, Rule>,
    offset: usize,
}

/// Parses a piece with the rule for it; reports the mistake and returns nothing when it does not
/// fit. A piece that is known to be wrong was reported already.
pub(super) fn parse<'a>(start: Rule, piece: &Piece, text: &mut Text<'a>) -> Option<Pair<'a>> {
    if !piece.is_sound {
        return None;
    }
    let source: &'a str = text.content;
    let part = source.get(piece.range.clone())?;
    match WritParser::parse(start, part) {
        Ok(mut pairs) => {
            let whole = Pair { inner: pairs.next()?, offset: piece.range.start };
            whole.children().next()
        }
        Err(error) => {
            expected::report(start, &error, piece, text);
            None
        }
    }
}

impl<'a> Pair<'a> {
    pub(super) fn rule(&self) -> Rule {
        self.inner.as_rule()
    }

    /// Its text, without the blanks around it.
    pub(super) fn text(&self) -> &'a str {
        self.inner.as_str().trim_end()
    }

    pub(super) fn span(&self, text: &Text) -> Span {
        let start = self.offset + self.inner.as_span().start();
        text.span(start..start + self.text().len())
    }

    pub(super) fn children(&self) -> impl Iterator<Item = Pair<'a>> + use<'a> {
        let offset = self.offset;
        self.inner.clone().into_inner().map(move |inner| Pair { inner, offset })
    }

    /// The first child of this rule.
    pub(super) fn child(&self, wanted: Rule) -> Option<Pair<'a>> {
        self.children().find(|child| child.rule() == wanted)
    }

    /// Every child of this rule.
    pub(super) fn all(&self, wanted: Rule) -> impl Iterator<Item = Pair<'a>> + use<'a> {
        self.children().filter(move |child| child.rule() == wanted)
    }

    /// Its text as it was written, with its place.
    pub(super) fn spanned(&self, text: &Text) -> Spanned<String> {
        Spanned::new(self.text().to_owned(), self.span(text))
    }

    /// The content of a quoted text; a word as it is.
    pub(super) fn content(&self, text: &mut Text) -> Spanned<String> {
        let span = self.span(text);
        Spanned::new(unescape(self.text(), span, text), span)
    }

    /// The name below: a word, or a text in quotes.
    pub(super) fn named(&self, text: &mut Text) -> Spanned<String> {
        self.string(text).unwrap_or_else(|| self.spanned(text))
    }

    /// The content of the first quoted text below.
    pub(super) fn string(&self, text: &mut Text) -> Option<Spanned<String>> {
        self.child(Rule::string).map(|string| string.content(text))
    }
}
