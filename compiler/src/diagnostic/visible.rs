//! Characters that move what is around them: a policy's text must not write on the reader's screen.

use std::fmt::Write as _;

/// `text` with such characters as escapes, as `\u{1b}`. Line ends stay.
pub(crate) fn escaped(text: String) -> String {
    if !text.contains(is_unsafe) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "{}", character.escape_unicode());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// `text` with every such character replaced by a sign of as many bytes, so that places stay what
/// they are; `None` when there is none. A carriage return that ends a line with its line feed stays.
pub(crate) fn replaced(text: &str) -> Option<String> {
    if !text.contains(is_unsafe) {
        return None;
    }
    let mut visible = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_line = character == '\r' && characters.peek() == Some(&'\n');
        let is_kept = ends_line || !is_unsafe(character);
        visible.push(if is_kept { character } else { sign(character) });
    }
    Some(visible)
}

/// A JSON document with every such character of its texts as JSON's own escape: it says the same.
pub(crate) fn escaped_in_json(document: String) -> String {
    if !document.contains(is_unsafe) {
        return document;
    }
    let mut escaped = String::with_capacity(document.len() + 16);
    for character in document.chars() {
        if is_unsafe(character) {
            // All of them have four digits at most. Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// A sign for `character`, with as many bytes.
fn sign(character: char) -> char {
    match character.len_utf8() {
        1 => '?',
        2 => '¿',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// Control characters, and those that change the direction of writing (Unicode's `Bidi_Control`).
pub(crate) fn is_unsafe(character: char) -> bool {
    let is_direction = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    is_direction || character.is_control() && !matches!(character, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\u{1b}[2J\u{85}\u{202e}é\t\r\n\rb\u{0}";

    #[test]
    fn what_moves_a_screen_is_escaped() {
        let expected = "a\\u{1b}[2J\\u{85}\\u{202e}é\t\\u{d}\n\\u{d}b\\u{0}";
        assert_eq!(escaped(TEXT.to_owned()), expected);
    }

    #[test]
    fn a_document_says_the_same() {
        let document = serde_json::to_string(TEXT).unwrap();
        let escaped = escaped_in_json(document.clone());
        assert!(!escaped.contains(is_unsafe) && escaped != document);
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), TEXT);
    }

    #[test]
    fn a_replaced_text_has_the_same_places() {
        let visible = replaced(TEXT).unwrap();
        assert_eq!(visible, "a?[2J¿\u{fffd}é\t\r\n?b?");
        assert_eq!(visible.len(), TEXT.len());
    }
}
