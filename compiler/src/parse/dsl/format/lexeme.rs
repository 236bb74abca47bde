//! Tokens with the comments around them: nothing but white space is left out.

use std::ops::Range;

use crate::parse::dsl::token::{Token, TokenKind};

/// A token and its comments.
#[derive(Debug)]
pub(super) struct Lexeme<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    /// Comments before it on lines of their own.
    pub(super) above: Vec<Comment<'a>>,
    /// Whether an empty line stands before it, after its comments.
    pub(super) follows_blank: bool,
    /// Whether it stands right behind the token before it.
    pub(super) is_adjacent: bool,
    /// The comment behind it on its line.
    pub(super) beside: Option<&'a str>,
}

/// A comment on a line of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    /// From its `#` to the end of the line.
    pub(super) text: &'a str,
    /// Whether an empty line stands before it.
    pub(super) follows_blank: bool,
}

/// Every token with its comments, and the comments after the last.
pub(super) fn lexemes<'a>(text: &'a str, tokens: &[Token]) -> (Vec<Lexeme<'a>>, Vec<Comment<'a>>) {
    let mut list: Vec<Lexeme> = Vec::with_capacity(tokens.len());
    let mut end = 0;
    for token in tokens {
        let gap = gap(text.get(end..token.range.start).unwrap_or(""), list.is_empty());
        if let Some(before) = list.last_mut() {
            before.beside = gap.beside;
        }
        list.push(Lexeme {
            kind: token.kind,
            text: token.text(text),
            range: token.range.clone(),
            above: gap.above,
            follows_blank: gap.ends_blank,
            is_adjacent: end == token.range.start,
            beside: None,
        });
        end = token.range.end;
    }
    let gap = gap(text.get(end..).unwrap_or(""), list.is_empty());
    if let Some(last) = list.last_mut() {
        last.beside = gap.beside;
    }
    around_commas(&mut list);
    (list, gap.above)
}

/// What stands between two tokens.
struct Gap<'a> {
    beside: Option<&'a str>,
    above: Vec<Comment<'a>>,
    ends_blank: bool,
}

fn gap(text: &str, is_first: bool) -> Gap<'_> {
    let mut lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    // The last line is the one on which the next token stands.
    lines.pop();
    // A token stands before the first one, unless the file begins here.
    let beside = if is_first || lines.is_empty() { None } else { Some(lines.remove(0)) };
    let mut gap = Gap {
        beside: beside.filter(|line| !line.is_empty()),
        above: Vec::new(),
        ends_blank: false,
    };
    for line in lines {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        if line.is_empty() {
            gap.ends_blank = true;
        } else {
            gap.above.push(Comment { text: line, follows_blank: gap.ends_blank });
            gap.ends_blank = false;
        }
    }
    gap
}

/// Comments around a comma belong behind it, or above what follows it.
fn around_commas(list: &mut [Lexeme]) {
    for at in 1..list.len() {
        let Some((before, after)) = list.split_at_mut_checked(at) else { return };
        let (Some(before), [comma, after @ ..]) = (before.last_mut(), after) else { return };
        if comma.text != "," {
            continue;
        }
        if let Some(next) = after.first_mut() {
            let beside = before.beside.take();
            if comma.beside.is_some() {
                let moved = beside.map(|text| Comment { text, follows_blank: false });
                comma.above.splice(0..0, moved);
            } else {
                comma.beside = beside;
            }
            next.above.splice(0..0, comma.above.drain(..));
        }
    }
}
