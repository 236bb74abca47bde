//! Questions to a text of lines, answered without splitting it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use memchr::memmem;

/// So many questions are answered by searching the text, which takes about 100 µs for the longest
/// list of a kernel. Then an index pays, which takes some milliseconds to make.
const SEARCHES: u32 = 32;

/// Where the lines of a text are, made when many were asked for.
#[derive(Debug, Default)]
pub(super) struct LineIndex {
    asked: AtomicU32,
    /// Where each line starts, ordered by what follows, equal lines by their place.
    sorted: OnceLock<Vec<u32>>,
}

impl LineIndex {
    fn of(&self, text: &str) -> Option<&[u32]> {
        if self.sorted.get().is_none() && self.asked.fetch_add(1, Ordering::Relaxed) < SEARCHES {
            return None;
        }
        Some(self.sorted.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
            let starts = std::iter::once(0).chain(breaks).filter(|&start| start < text.len());
            let mut sorted: Vec<u32> =
                starts.filter_map(|start| u32::try_from(start).ok()).collect();
            sorted.sort_by_key(|&start| line_at(text, start as usize));
            sorted
        }))
    }
}

/// A text of lines, each ended by a newline.
#[derive(Debug, Clone, Copy)]
pub(in crate::kernel) struct Lines<'a> {
    text: &'a str,
    index: &'a LineIndex,
}

impl<'a> Lines<'a> {
    /// The lines of `text`; `index` is of no other text.
    pub(super) fn new(text: &'a str, index: &'a LineIndex) -> Self {
        Self { text, index }
    }

    /// All of them.
    pub(in crate::kernel) fn iter(self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.lines()
    }

    /// How many lines are exactly `line`.
    pub(in crate::kernel) fn count(self, line: &str) -> usize {
        self.beginning_with(line).filter(|found| *found == line).count()
    }

    /// What follows `prefix` in the first line that begins with it.
    pub(in crate::kernel) fn after(self, prefix: &str) -> Option<&'a str> {
        self.beginning_with(prefix).next()?.strip_prefix(prefix)
    }

    /// The lines that begin with `prefix`.
    pub(super) fn starting_with(self, prefix: &str) -> Vec<&'a str> {
        self.beginning_with(prefix).collect()
    }

    /// The lines behind the first that is exactly `line`, to the end of the text.
    pub(in crate::kernel) fn behind(
        self,
        line: &str,
    ) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
        let start = self.starts(line).into_iter().find(|&at| line_at(self.text, at) == line)?;
        Some(self.text.get(start..)?.lines().skip(1))
    }

    fn beginning_with(self, prefix: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.starts(prefix).into_iter().map(move |at| line_at(self.text, at))
    }

    /// Where lines that begin with `prefix` start, in the order of the text.
    fn starts(self, prefix: &str) -> Vec<usize> {
        let Some(sorted) = self.index.of(self.text) else { return self.search(prefix) };
        let first = sorted.partition_point(|&at| line_at(self.text, at as usize) < prefix);
        let from = sorted.get(first..).unwrap_or_default();
        let found = from
            .iter()
            .map(|&at| at as usize)
            .take_while(|&at| line_at(self.text, at).starts_with(prefix));
        let mut found: Vec<usize> = found.collect();
        found.sort_unstable();
        found
    }

    fn search(self, prefix: &str) -> Vec<usize> {
        let text = self.text.as_bytes();
        memmem::find_iter(text, prefix)
            .filter(|&at| at == 0 || text.get(at - 1) == Some(&b'\n'))
            .collect()
    }
}

/// The line that starts at `at`, without its end.
fn line_at(text: &str, at: usize) -> &str {
    let tail = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', tail.as_bytes()).unwrap_or(tail.len());
    tail.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_and_a_search_find_the_same() {
        let text = "twice\none.isra.0\n\ttab\ntwice\nother [module]\none\n";
        let (fresh, asked) = (LineIndex::default(), LineIndex::default());
        asked.asked.store(SEARCHES, Ordering::Relaxed);
        for prefix in ["twice", "one", "one.", "other [", "\t", "none", "zz"] {
            let searched = Lines::new(text, &fresh).search(prefix);
            assert_eq!(Lines::new(text, &asked).starts(prefix), searched, "{prefix:?}");
        }
        assert!(asked.sorted.get().is_some());
    }
}
