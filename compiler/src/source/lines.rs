//! Where the lines of a text begin.

/// Where the lines of one text begin, so that a place is found without reading what is before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Offsets in bytes, ordered; the first is 0.
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of `text`. A line ends with `\n`.
    pub fn of(text: &str) -> Self {
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
        let starts = std::iter::once(0).chain(after);
        Self { starts: starts.filter_map(|start| u32::try_from(start).ok()).collect() }
    }

    /// How many lines there are: at least one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Number of the line in which the byte `offset` stands, counted from 0.
    pub fn number(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// Where the line with that number begins; for a number that no line has, where the last does.
    pub fn start(&self, number: usize) -> usize {
        self.starts.get(number).or(self.starts.last()).map_or(0, |&start| start as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_feed_belongs_to_the_line_that_it_ends() {
        let lines = Lines::of("ab\n\nc\n");
        let numbers: Vec<usize> = (0..7).map(|offset| lines.number(offset)).collect();
        assert_eq!(numbers, [0, 0, 0, 1, 2, 2, 3]);
        let starts: Vec<usize> = (0..5).map(|number| lines.start(number)).collect();
        assert_eq!(starts, [0, 3, 4, 6, 6]);
    }

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!((Lines::of("").number(0), Lines::of("").start(0)), (0, 0));
    }
}
