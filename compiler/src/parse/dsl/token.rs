//! Cuts a Writ text into tokens: just enough to find where statements begin and mistakes stand.
//!
//! The grammar does not use these tokens. They serve recovery and the underlining of mistakes.

use std::ops::Range;

/// A token, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
    /// Whether only blanks stand before it on its line.
    pub is_first_on_line: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Word,
    /// A number, an address, or `#` and a number.
    Number,
    /// A text in double quotes.
    Text,
    /// A text whose closing quote is missing; it ends with its line.
    OpenText,
    /// Any other sign; `==`, `=>` and their like are one.
    Sign,
}

impl Token {
    /// Its text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.range.clone()).unwrap_or("")
    }
}

/// Every token of a text, without blanks and comments.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut list = Vec::new();
    let mut at = 0;
    let mut is_first_on_line = true;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or("");
        let (kind, length) = match first {
            '\n' => {
                is_first_on_line = true;
                (None, 1)
            }
            ' ' | '\t' | '\r' | '\u{feff}' => (None, first.len_utf8()),
            '#' if !digit_follows(rest) => (None, rest.find('\n').unwrap_or(rest.len())),
            '#' => {
                (Some(TokenKind::Number), 1 + run(rest.get(1..), |digit| digit.is_ascii_digit()))
            }
            '"' => text_token(rest),
            'a'..='z' | 'A'..='Z' | '_' => (Some(TokenKind::Word), run(Some(rest), is_word_part)),
            '0'..='9' => (Some(TokenKind::Number), run(Some(rest), is_word_part)),
            _ => (Some(TokenKind::Sign), sign_length(rest, first)),
        };
        if let Some(kind) = kind {
            list.push(Token { kind, range: at..at + length, is_first_on_line });
            is_first_on_line = false;
        }
        at += length;
    }
    list
}

fn digit_follows(rest: &str) -> bool {
    rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn is_word_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Bytes at the start of `text` that `accept` takes.
fn run(text: Option<&str>, accept: impl Fn(char) -> bool) -> usize {
    let text = text.unwrap_or("");
    text.find(|character: char| !accept(character)).unwrap_or(text.len())
}

/// `rest` begins with a double quote.
fn text_token(rest: &str) -> (Option<TokenKind>, usize) {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\n' => {
                let length = rest.get(..at).unwrap_or("").trim_end().len();
                return (Some(TokenKind::OpenText), length);
            }
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return (Some(TokenKind::Text), at + 1),
            _ => {}
        }
    }
    (Some(TokenKind::OpenText), rest.trim_end().len())
}

fn sign_length(rest: &str, first: char) -> usize {
    const LONG: [&str; 9] = ["==", "=>", "!=", "<=", ">=", "->", "&&", "||", ".."];
    LONG.iter().find(|sign| rest.starts_with(**sign)).map_or(first.len_utf8(), |sign| sign.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| token.text(text)).collect()
    }

    #[test]
    fn comments_and_blanks_are_left_out_but_positions_are_kept() {
        assert_eq!(texts("a #1 # note\n\"b # c\"=>x"), ["a", "#1", "\"b # c\"", "=>", "x"]);
    }

    #[test]
    fn an_open_text_ends_with_its_line() {
        let list = tokens("\"open  \nnext");
        assert_eq!(list[0].kind, TokenKind::OpenText);
        assert_eq!(list[0].range, 0..5);
        assert!(list[1].is_first_on_line);
    }

    #[test]
    fn a_sign_outside_ascii_is_one_token() {
        assert_eq!(texts("≠ 1"), ["≠", "1"]);
    }
}
