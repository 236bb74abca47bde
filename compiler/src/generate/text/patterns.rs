//! The patterns of a set as byte strings, without those that others make superfluous.

use writ_bundle::Pattern;

use std::collections::BTreeMap;

use super::tables::TEXT_BYTES;
use super::words::End;
use crate::machine::Comparison;
use crate::set::TextSet;

/// A set, cut by how it is compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Patterns {
    /// What texts begin with, compared by instructions. Ordered; none begins with another.
    pub starts: Vec<Vec<u8>>,
    /// What texts begin with, looked up in a table.
    pub tabled: Vec<Vec<u8>>,
    /// What texts end with, from the last byte to the first. Ordered; none begins with another.
    pub ends: Vec<Vec<u8>>,
}

/// The most patterns of a set that are compared by instructions. The comparison costs less than a
/// lookup however many there are, but each takes 20 to 40 instructions of code, and jumps reach over
/// 32,767.
pub(super) const INLINE_MAX: usize = 128;

impl Patterns {
    /// The patterns of `set`. One with a zero byte is left out, since no text has one.
    pub(super) fn of(set: &TextSet) -> Self {
        let mut starts = Vec::new();
        let mut ends = Vec::new();
        for one in &set.patterns {
            match &one.pattern {
                pattern if pattern.text().contains('\0') => {}
                Pattern::Equal(text) => starts.push([text.as_bytes(), &[0]].concat()),
                Pattern::Prefix(text) => starts.push(text.as_bytes().to_vec()),
                Pattern::Postfix(text) => ends.push(text.bytes().rev().collect()),
            }
        }
        let starts = without_longer(starts);
        let is_large = starts.len() > INLINE_MAX;
        let fits = |pattern: &Vec<u8>| is_large && pattern.len() <= TEXT_BYTES;
        let (tabled, starts) = starts.into_iter().partition(fits);
        Self { starts, tabled, ends: without_longer(ends) }
    }

    /// The same, all compared by instructions.
    pub(super) fn without_table(mut self) -> Self {
        self.starts.append(&mut self.tabled);
        self.starts.sort_unstable();
        self
    }
}

/// Patterns that hold only for texts of a certain length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub length: i32,
    /// The comparison of the text's length with `length` that rules the patterns out.
    pub misses: Comparison,
    pub end: End,
    /// As [`Patterns`] has them.
    pub patterns: Vec<Vec<u8>>,
}

impl Measured {
    /// The patterns of `set` for bytes of any kind: those for which the length does not matter, and
    /// the others by their length.
    pub(super) fn of(set: &TextSet) -> (Patterns, Vec<Self>) {
        let mut free = Patterns::default();
        let mut measured: BTreeMap<(usize, u8), Vec<Vec<u8>>> = BTreeMap::new();
        for one in &set.patterns {
            let bytes = one.pattern.text().as_bytes();
            let has_zero = bytes.contains(&0);
            let (kind, pattern) = match &one.pattern {
                Pattern::Equal(_) => (EQUAL, bytes.to_vec()),
                Pattern::Prefix(_) if has_zero => (PREFIX, bytes.to_vec()),
                Pattern::Postfix(_) if has_zero => (POSTFIX, reversed(bytes)),
                Pattern::Prefix(_) => {
                    free.starts.push(bytes.to_vec());
                    continue;
                }
                Pattern::Postfix(_) => {
                    free.ends.push(reversed(bytes));
                    continue;
                }
            };
            measured.entry((bytes.len(), kind)).or_default().push(pattern);
        }
        free.starts = without_longer(free.starts);
        free.ends = without_longer(free.ends);
        let measured = measured.into_iter().map(|((length, kind), patterns)| Self {
            length: i32::try_from(length).unwrap_or(i32::MAX),
            misses: if kind == EQUAL { Comparison::NotEqual } else { Comparison::Less },
            end: if kind == POSTFIX { End::Last } else { End::Start },
            patterns: without_longer(patterns),
        });
        (free, measured.collect())
    }
}

const EQUAL: u8 = 0;
const PREFIX: u8 = 1;
const POSTFIX: u8 = 2;

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

/// Ordered, without strings that begin with another one.
pub(super) fn without_longer(strings: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut strings = strings;
    strings.sort_unstable();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for string in strings {
        if !kept.last().is_some_and(|last| string.starts_with(last)) {
            kept.push(string);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::set::TextPattern;
    use crate::source::{SourceMap, Span};

    fn patterns(patterns: &[Pattern]) -> Patterns {
        let span = Span::new(SourceMap::default().add("", ""), 0..0);
        let patterns = patterns.iter().map(|one| TextPattern { pattern: one.clone(), span });
        Patterns::of(&TextSet { patterns: patterns.collect() })
    }

    #[test]
    fn a_prefix_makes_longer_ones_superfluous() {
        let set = patterns(&[
            Pattern::Equal("/etc/shadow".into()),
            Pattern::Prefix("/etc/".into()),
            Pattern::Equal("/etc".into()),
        ]);
        assert_eq!(set.starts, [b"/etc\0".to_vec(), b"/etc/".to_vec()]);
    }

    #[test]
    fn many_patterns_go_to_a_table_but_for_those_that_are_too_long() {
        let mut many: Vec<Pattern> =
            (0..200).map(|number| Pattern::Prefix(format!("/{number:03}"))).collect();
        many.push(Pattern::Equal("x".repeat(256)));
        let set = patterns(&many);
        assert_eq!((set.tabled.len(), set.starts.len()), (200, 1));
        let set = set.without_table();
        assert_eq!((set.tabled.len(), set.starts.len()), (0, 201));
        assert!(set.starts.is_sorted());
    }

    #[test]
    fn of_any_bytes_the_length_tells_what_a_zero_does_not() {
        let span = Span::new(SourceMap::default().add("", ""), 0..0);
        let patterns = [
            Pattern::Equal("ab".into()),
            Pattern::Prefix("c".into()),
            Pattern::Equal("xy".into()),
            Pattern::Postfix("\0d".into()),
        ];
        let patterns = patterns.map(|pattern| TextPattern { pattern, span });
        let (free, measured) = Measured::of(&TextSet { patterns: patterns.to_vec() });
        assert_eq!(free.starts, [b"c".to_vec()]);
        let equal = Measured {
            length: 2,
            misses: Comparison::NotEqual,
            end: End::Start,
            patterns: vec![b"ab".to_vec(), b"xy".to_vec()],
        };
        let postfix = Measured {
            length: 2,
            misses: Comparison::Less,
            end: End::Last,
            patterns: vec![b"d\0".to_vec()],
        };
        assert_eq!(measured, [equal, postfix]);
    }

    #[test]
    fn a_pattern_with_a_zero_byte_matches_no_text() {
        assert_eq!(patterns(&[Pattern::Prefix("a\0".into())]), Patterns::default());
    }
}
