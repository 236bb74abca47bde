//! Sets of numbers and texts, as conditions name them.

use std::collections::BTreeSet;

use writ_bundle::Pattern;

use crate::source::Span;

/// A set of integers: ranges with both ends included, in order, neither touching nor overlapping.
///
/// The numbers are mathematical ones, so `-1` and `0xffff_ffff_ffff_ffff` are different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct IntegerSet {
    ranges: Vec<(i128, i128)>,
}

impl IntegerSet {
    /// The set of everything in any of `ranges`; a range whose start is after its end is empty.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (i128, i128)>) -> Self {
        let mut sorted: Vec<(i128, i128)> =
            ranges.into_iter().filter(|(low, high)| low <= high).collect();
        sorted.sort_unstable();
        let mut joined: Vec<(i128, i128)> = Vec::new();
        for (low, high) in sorted {
            match joined.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        Self { ranges: joined }
    }

    /// Its ranges, lowest first.
    pub fn ranges(&self) -> &[(i128, i128)] {
        &self.ranges
    }

    /// Whether no number is in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether `number` is in it.
    pub fn contains(&self, number: i128) -> bool {
        self.around(number).is_some()
    }

    /// What is in both this set and the range.
    #[must_use]
    pub fn within(&self, low: i128, high: i128) -> Self {
        Self::from_ranges(self.ranges.iter().map(|&(from, to)| (from.max(low), to.min(high))))
    }

    /// Whether every number of `other` is in this set.
    pub fn includes(&self, other: &Self) -> bool {
        other.ranges.iter().all(|&(low, high)| self.around(low).is_some_and(|(_, to)| high <= to))
    }

    /// The range that holds `number`.
    fn around(&self, number: i128) -> Option<(i128, i128)> {
        let after = self.ranges.partition_point(|&(low, _)| low <= number);
        let range = *self.ranges.get(after.checked_sub(1)?)?;
        (number <= range.1).then_some(range)
    }
}

/// A set of texts. A text is in it when any pattern matches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TextSet {
    pub patterns: Vec<TextPattern>,
}

/// A pattern and where it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPattern {
    /// Its text is never empty.
    pub pattern: Pattern,
    pub span: Span,
}

impl TextSet {
    /// The patterns without their places, ordered: what two sets are compared by.
    pub fn plain(&self) -> writ_bundle::TextSet {
        let mut patterns: Vec<Pattern> =
            self.patterns.iter().map(|pattern| pattern.pattern.clone()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        writ_bundle::TextSet { patterns }
    }

    /// Whether `text` is in it.
    pub fn contains(&self, text: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.pattern.matches(text))
    }

    /// The set, for more than one question.
    pub fn index(&self) -> TextIndex<'_> {
        let mut index = TextIndex::default();
        for pattern in &self.patterns {
            match &pattern.pattern {
                Pattern::Equal(text) => index.whole.insert(text),
                Pattern::Prefix(text) => index.prefixes.insert(text),
                Pattern::Postfix(text) => index.postfixes.insert(text),
            };
        }
        index
    }
}

/// A [`TextSet`] that is asked about many texts: it may have thousands of patterns.
#[derive(Debug, Default)]
pub struct TextIndex<'a> {
    whole: BTreeSet<&'a str>,
    prefixes: BTreeSet<&'a str>,
    postfixes: BTreeSet<&'a str>,
}

impl TextIndex<'_> {
    /// Whether `text` is in the set.
    pub fn has(&self, text: &str) -> bool {
        let parts = |at: usize| text.split_at_checked(at);
        let begins = |at| parts(at).is_some_and(|(head, _)| self.prefixes.contains(head));
        let ends = |at| parts(at).is_some_and(|(_, tail)| self.postfixes.contains(tail));
        self.whole.contains(text)
            || !self.prefixes.is_empty() && (0..=text.len()).any(begins)
            || !self.postfixes.is_empty() && (0..=text.len()).any(ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_answers_as_its_set_does() {
        let span = crate::source::Span::new(crate::source::SourceMap::default().add("", ""), 0..0);
        let patterns = [
            Pattern::Equal("/a".into()),
            Pattern::Prefix("/b/".into()),
            Pattern::Postfix("é.so".into()),
        ];
        let patterns = patterns.map(|pattern| TextPattern { pattern, span }).into();
        let set = TextSet { patterns };
        for text in ["", "/a", "/ab", "/b/", "/b/c", "/b", "é.so", "/x/é.so", ".so", "/aé"] {
            assert_eq!(set.index().has(text), set.contains(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn touching_ranges_become_one() {
        let set = IntegerSet::from_ranges([(4, 6), (1, 3), (9, 8), (10, 10)]);
        assert_eq!(set.ranges(), [(1, 6), (10, 10)]);
    }

    #[test]
    fn a_set_includes_what_lies_in_its_ranges_and_not_what_spans_a_gap() {
        let set = IntegerSet::from_ranges([(0, 9), (20, 29)]);
        for (low, high, expected) in [(0, 9, true), (21, 22, true), (5, 21, false), (15, 16, false)]
        {
            assert_eq!(set.includes(&IntegerSet::from_ranges([(low, high)])), expected, "{low}");
        }
    }

    #[test]
    fn both_ends_of_a_range_are_in_it() {
        let set = IntegerSet::from_ranges([(-2, 2), (7, 7)]);
        let inside: Vec<i128> = (-4..9).filter(|&number| set.contains(number)).collect();
        assert_eq!(inside, [-2, -1, 0, 1, 2, 7]);
    }
}
