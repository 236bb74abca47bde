//! Cuts a CEL expression into tokens. Every byte is in a token, a blank or a comment.

use std::ops::Range;

/// A token, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name, a keyword such as `in`, or a word such as `true`.
    Word,
    /// `7`, `0x1f`
    Integer,
    /// `7u`
    Unsigned,
    /// `1.5`, `1e3`
    Fraction,
    /// A text in quotes.
    Text,
    /// The same behind a `b`.
    Bytes,
    /// A text whose closing quote is missing.
    OpenText,
    /// Any other sign; `==` and its like are one.
    Sign,
}

/// Signs of two characters.
const LONG_SIGNS: [&str; 6] = ["==", "!=", "<=", ">=", "&&", "||"];

/// Every token of an expression, at most `limit` of them.
pub(super) fn tokens(text: &str, limit: usize) -> Vec<Token> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|_| list.len() < limit) {
        let Some(first) = rest.chars().next() else { break };
        let comment = rest.starts_with("//").then(|| rest.find('\n').unwrap_or(rest.len()));
        if let Some(length) = comment.or(first.is_whitespace().then(|| first.len_utf8())) {
            at += length;
            continue;
        }
        let (kind, length) = token(rest, first);
        list.push(Token { kind, range: at..at + length });
        at += length;
    }
    list
}

/// The token with which `rest` begins; its length is never 0.
fn token(rest: &str, first: char) -> (TokenKind, usize) {
    if let Some(text) = quoted(rest) {
        return text;
    }
    match first {
        'a'..='z' | 'A'..='Z' | '_' => (TokenKind::Word, run(rest, is_word_part)),
        '0'..='9' => number(rest),
        '.' if rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
            number(rest)
        }
        _ => {
            let long = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (TokenKind::Sign, long.map_or(first.len_utf8(), |sign| sign.len()))
        }
    }
}

/// A text with its prefix: `'a'`, `r"a"`, `b'a'`, `"""a"""`.
fn quoted(rest: &str) -> Option<(TokenKind, usize)> {
    let prefix = run(rest, |c| matches!(c, 'r' | 'R' | 'b' | 'B'));
    let (letters, body) = rest.split_at_checked(prefix)?;
    let quote = body.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    if prefix > 2 {
        return None;
    }
    let is_raw = letters.contains(['r', 'R']);
    let kind = if letters.contains(['b', 'B']) { TokenKind::Bytes } else { TokenKind::Text };
    let triple = quote.to_string().repeat(3);
    let (opening, closing) =
        if body.starts_with(&triple) { (3, triple) } else { (1, quote.to_string()) };
    let mut is_escaped = false;
    for (at, character) in body.char_indices().skip(opening) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if !is_raw => is_escaped = true,
            '\n' if opening == 1 => return Some((TokenKind::OpenText, prefix + at)),
            _ if body.get(at..).is_some_and(|rest| rest.starts_with(&closing)) => {
                return Some((kind, prefix + at + closing.len()));
            }
            _ => {}
        }
    }
    Some((TokenKind::OpenText, rest.len()))
}

/// `rest` begins with a digit, or with a point and a digit. Letters behind a number belong to it:
/// that it is none then is the reader's finding.
fn number(rest: &str) -> (TokenKind, usize) {
    let is_hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut length = 0;
    let mut last = ' ';
    for character in rest.chars() {
        let is_sign = matches!(character, '+' | '-') && matches!(last, 'e' | 'E');
        let is_part = is_word_part(character) || !is_hexadecimal && (character == '.' || is_sign);
        if !is_part {
            break;
        }
        length += 1;
        last = character;
    }
    let text = rest.get(..length).unwrap_or("");
    let kind = if text.ends_with(['u', 'U']) {
        TokenKind::Unsigned
    } else if !is_hexadecimal && text.contains(['.', 'e', 'E']) {
        TokenKind::Fraction
    } else {
        TokenKind::Integer
    };
    (kind, length)
}

fn is_word_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Bytes at the start of `text` that `accept` takes.
fn run(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|character: char| !accept(character)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cut_as_cel_cuts_them() {
        let cases: [(&str, &[&str]); 7] = [
            ("arg0==1u", &["arg0", "==", "1u"]),
            ("a&&!b // and so on", &["a", "&&", "!", "b"]),
            ("0x1F+1.5e-3", &["0x1F", "+", "1.5e-3"]),
            ("'it\\'s' b\"x\" r'\\' '''a'b'''", &["'it\\'s'", "b\"x\"", "r'\\'", "'''a'b'''"]),
            ("a.b[0]?c:d", &["a", ".", "b", "[", "0", "]", "?", "c", ":", "d"]),
            ("\"open", &["\"open"]),
            ("≠ä", &["≠", "ä"]),
        ];
        for (text, wanted) in cases {
            let list = tokens(text, 100);
            let found: Vec<&str> =
                list.iter().filter_map(|token| text.get(token.range.clone())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
