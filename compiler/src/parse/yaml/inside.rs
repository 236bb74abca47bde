//! Where a part of a scalar stands in the text that it was written with.

use crate::source::{Span, Spanned};
use std::ops::Range;

/// The place of the bytes `range` of the scalar's value. The whole scalar, when its lines were
/// joined or its place cannot be told otherwise.
pub(super) fn part(text: &str, scalar: &Spanned<String>, range: Range<usize>) -> Span {
    let written = text.get(scalar.span.range()).unwrap_or("");
    let Some(start) = offset(written, &scalar.value, range.start) else { return scalar.span };
    let Some(end) = offset(written, &scalar.value, range.end) else { return scalar.span };
    let base = scalar.span.start as usize;
    Span::new(scalar.span.source, base + start..base + end.max(start))
}

/// The value without its first `length` bytes, at its own place.
pub(super) fn after(
    text: &str,
    scalar: &Spanned<String>,
    length: usize,
) -> Option<Spanned<String>> {
    let rest = scalar.value.get(length..)?;
    Some(Spanned::new(rest.to_owned(), part(text, scalar, length..scalar.value.len())))
}

/// The byte of `written` at which byte `at` of `value` stands.
fn offset(written: &str, value: &str, at: usize) -> Option<usize> {
    // Most scalars stand in the text as they are: plain, between quotes, or on one line of a block.
    let line = value.trim_end();
    if let Some(start) = written.find(line).filter(|_| !line.is_empty() && !line.contains('\n')) {
        return Some((start + at).min(written.len()));
    }
    let quote = written.chars().next().filter(|first| ['"', '\''].contains(first))?;
    let inside = written.get(1..written.len().checked_sub(1)?)?;
    let (mut read, mut meant) = (0, 0);
    while meant < at {
        let (length, bytes) = unit(inside.get(read..)?, quote)?;
        read += length;
        meant += bytes;
    }
    Some(1 + read)
}

/// How many bytes the first character of a quoted text takes there, and in its value. `None` at a
/// line break, where YAML joins lines.
fn unit(rest: &str, quote: char) -> Option<(usize, usize)> {
    let mut characters = rest.chars();
    let first = characters.next()?;
    let is_escape = if quote == '"' { first == '\\' } else { first == '\'' };
    if !is_escape {
        return (first != '\n').then_some((first.len_utf8(), first.len_utf8()));
    }
    let second = characters.next()?;
    let digits = match second {
        _ if quote == '\'' => return Some((2, 1)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        'N' | '_' => return Some((2, 2)),
        'L' | 'P' => return Some((2, 3)),
        '\n' => return None,
        _ => return Some((1 + second.len_utf8(), 1)),
    };
    let number = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some((2 + digits, char::from_u32(number)?.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    /// What stands at the bytes `range` of `value`, written as `written`.
    fn at<'a>(written: &'a str, value: &str, range: Range<usize>) -> &'a str {
        let mut sources = SourceMap::default();
        let source = sources.add("", written);
        let scalar = Spanned::new(value.to_owned(), Span::new(source, 0..written.len()));
        written.get(part(written, &scalar, range).range()).unwrap()
    }

    #[test]
    fn a_part_stands_where_it_was_written() {
        let cases = [
            ("list:dups", "list:dups", 5..9, "dups"),
            ("\"list:dups\"", "list:dups", 5..9, "dups"),
            ("'a''b.c'", "a'b.c", 4..5, "c"),
            (r#""é\"b\u00e9\x41c""#, "é\"béAc", 7..8, "c"),
            ("|\n  a.b\n", "a.b\n", 2..3, "b"),
            ("\"a\n  b\"", "a b", 2..3, "\"a\n  b\""),
        ];
        for (written, value, range, expected) in cases {
            assert_eq!(at(written, value, range), expected, "{written}");
        }
    }
}
