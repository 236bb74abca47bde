//! Where the lines of a text begin.

/// Where the lines of one text begin, so that a place is found without reading what is before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Offsets in bytes, ordered; the first is 0.
    starts: Vec<u32>,
    /// How many characters begin before each multiple of [`BLOCK`]. A text may be one long line.
    characters: Vec<u32>,
}

/// The most bytes that are read to count the characters before a place.
const BLOCK: usize = 4096;

impl Lines {
    /// Finds the lines of `text`. A line ends with `\n`.
    pub fn of(text: &str) -> Self {
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
        let starts = std::iter::once(0).chain(after);
        let mut before = 0;
        let characters = text.as_bytes().chunks(BLOCK).map(|block| {
            let so_far = before;
            before += begun(block);
            so_far
        });
        Self {
            characters: characters.filter_map(|count| u32::try_from(count).ok()).collect(),
            starts: starts.filter_map(|start| u32::try_from(start).ok()).collect(),
        }
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

    /// How many characters of `text`, of which these are the lines, begin before the byte `offset`
    /// in its line.
    pub fn column(&self, text: &str, offset: usize) -> usize {
        let start = self.start(self.number(offset));
        self.before(text, offset).saturating_sub(self.before(text, start))
    }

    /// How many characters of `text` begin before the byte `offset`.
    fn before(&self, text: &str, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.characters.len().saturating_sub(1));
        let known = self.characters.get(block).map_or(0, |&count| count as usize);
        known + text.as_bytes().get(block * BLOCK..offset).map_or(0, begun)
    }
}

/// How many characters of UTF-8 begin in `bytes`.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
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
    fn a_column_is_counted_in_characters_however_long_the_line() {
        let text = format!("é\n{}", "aé→".repeat(BLOCK));
        let lines = Lines::of(&text);
        for offset in [0, 2, 3, 4, 6, BLOCK, BLOCK + 3, 3 * BLOCK, text.len()] {
            let offset = text.floor_char_boundary(offset);
            let start = if offset < 3 { 0 } else { 3 };
            let expected = text.get(start..offset).unwrap().chars().count();
            assert_eq!(lines.column(&text, offset), expected, "{offset}");
        }
    }

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!((Lines::of("").number(0), Lines::of("").start(0)), (0, 0));
    }
}
