//! Where comments are: outside every value, from a `#` that begins a line or follows a blank.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::position::{Offsets, Positions};
use super::reader::{BROKEN_MAX, TEXT_MAX, next_document};
use crate::source::{SourceId, Span};

/// Every comment of a YAML text. After a mistake in the syntax, those of that document are left out,
/// since it cannot be said what is a text there.
pub fn comments(source: SourceId, text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut base = 0;
    if text.len() > TEXT_MAX {
        return comments;
    }
    for _ in 0..BROKEN_MAX {
        let piece = text.get(base..).unwrap_or("");
        let offsets = Offsets::of(piece);
        let positions = Positions::new(source, 0, piece, &offsets);
        let (values, stopped) = values(piece, &positions);
        let mut at = 0;
        let end = stopped.unwrap_or(piece.len())..piece.len();
        for value in values.into_iter().chain(std::iter::once(end)) {
            in_gap(piece, at..value.start, &mut |comment| {
                comments.push(Span::new(source, base + comment.start..base + comment.end));
            });
            at = at.max(value.end);
        }
        let Some(next) = stopped.and_then(|stopped| next_document(piece, stopped)) else { break };
        base += next;
    }
    comments
}

/// The bytes of every value, in order, and the byte at which reading had to stop.
fn values(piece: &str, positions: &Positions<'_>) -> (Vec<Range<usize>>, Option<usize>) {
    let mut values = Vec::new();
    for event in Parser::new_from_str(piece) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let last = values.last().map_or(0, |value: &Range<usize>| value.end);
                return (values, Some(positions.byte(*error.marker()).max(last)));
            }
        };
        if let Event::Scalar(_, style, ..) = event {
            values.push(match style {
                // It begins after its header, behind which there can be a comment.
                ScalarStyle::Literal | ScalarStyle::Folded => {
                    positions.byte(span.start)..positions.byte(span.end)
                }
                ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                    positions.span(span).range()
                }
            });
        }
    }
    (values, None)
}

/// Comments in text that holds no value.
fn in_gap(piece: &str, gap: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    let mut at = gap.start;
    for line in piece.get(gap).unwrap_or("").split_inclusive('\n') {
        let begins = |&(begin, _): &(usize, &str)| {
            let before = piece.get(..at + begin).and_then(|before| before.chars().next_back());
            before.is_none_or(|before| before.is_whitespace() || before == '\u{feff}')
        };
        if let Some((begin, _)) = line.match_indices('#').find(begins) {
            let comment = line.get(begin..).unwrap_or("").trim_end();
            found(at + begin..at + begin + comment.len());
        }
        at += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn found(text: &str) -> Vec<String> {
        let mut sources = SourceMap::default();
        let source = sources.add("policy.yaml", text);
        comments(source, text).iter().map(|&comment| sources.slice(comment).to_owned()).collect()
    }

    #[test]
    fn only_what_stands_outside_values_is_a_comment() {
        let text = "# one\na: b # two  \nc: \"x # no\" # three\nd: 'it''s # no'\ne: f#no\n\
            g: | # four\n  text\n  # no\n# five\nh: >-\n  # no\n\ni: [ j, # six\n k]\n\
            l: plain # seven\nm: &anchor#no # eight\n  n: 1\no: multi\n  line # nine\n--- # ten\n# last";
        assert_eq!(
            found(text),
            [
                "# one", "# two", "# three", "# four", "# five", "# six", "# seven", "# eight",
                "# nine", "# ten", "# last"
            ]
        );
    }

    #[test]
    fn places_count_bytes_where_the_scanner_counts_characters() {
        assert_eq!(found("é: \"ü # no\" # ö\r\nb: c # d"), ["# ö", "# d"]);
        assert_eq!(found("\u{feff}# first\na: b"), ["# first"]);
    }

    #[test]
    fn after_a_mistake_the_next_document_is_read() {
        let text = "a: b # one\n---\nc: [d # two\ne: ] } # lost\n---\nf: g # three\n";
        let found = found(text);
        assert!(found.contains(&"# one".into()) && found.contains(&"# three".into()), "{found:?}");
        assert!(!found.contains(&"# lost".into()), "{found:?}");
    }
}
