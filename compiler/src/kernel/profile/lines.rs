//! Questions to a text of lines, answered without splitting it.

use memchr::memmem;

/// A text of lines, each ended by a newline.
#[derive(Debug, Clone, Copy)]
pub(in crate::kernel) struct Lines<'a> {
    text: &'a str,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// All of them.
    pub(in crate::kernel) fn iter(self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.lines()
    }

    /// How many lines are exactly `line`.
    pub(super) fn count(self, line: &str) -> usize {
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
        let start = self.starts(line).find(|&at| self.line_at(at) == line)?;
        Some(self.text.get(start..)?.lines().skip(1))
    }

    fn beginning_with(self, prefix: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.starts(prefix).map(move |at| self.line_at(at))
    }

    /// Where lines that begin with `prefix` start.
    fn starts(self, prefix: &str) -> impl Iterator<Item = usize> + use<> {
        let text = self.text;
        let found: Vec<usize> = memmem::find_iter(text.as_bytes(), prefix)
            .filter(|&at| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
            .collect();
        found.into_iter()
    }

    fn line_at(self, at: usize) -> &'a str {
        self.text.get(at..).and_then(|tail| tail.lines().next()).unwrap_or_default()
    }
}
