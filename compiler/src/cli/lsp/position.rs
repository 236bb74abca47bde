//! Lines and columns as editors count them.

use lsp_types::{Position, Range as LspRange};

use crate::source::Lines;

/// In what a column is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    Utf8,
    /// Code units of UTF-16, as every client can.
    #[default]
    Utf16,
}

/// A text whose lines are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'t> {
    pub(super) text: &'t str,
    pub(super) lines: &'t Lines,
    pub(super) encoding: Encoding,
}

impl Places<'_> {
    /// The offset of a position. Beyond the end of a line or of the text, it is that end; inside a
    /// character, it is the character's begin.
    pub(super) fn offset(&self, position: Position) -> usize {
        let number = position.line as usize;
        if number >= self.lines.count() {
            return self.text.len();
        }
        let start = self.lines.start(number);
        let line = self.text.get(start..).unwrap_or("");
        let line = line.split('\n').next().unwrap_or("").trim_end_matches('\r');
        let mut columns = position.character as usize;
        for (at, character) in line.char_indices() {
            let width = self.width(character);
            if columns < width {
                return start + at;
            }
            columns -= width;
        }
        start + line.len()
    }

    /// The position of an offset.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let number = self.lines.number(offset);
        let before = self.text.get(self.lines.start(number)..offset).unwrap_or("");
        let columns: usize = before.chars().map(|character| self.width(character)).sum();
        let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(clamp(number), clamp(columns))
    }

    /// The positions of a range of bytes.
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> LspRange {
        LspRange::new(self.position(range.start), self.position(range.end))
    }

    fn width(&self, character: char) -> usize {
        match self.encoding {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'t>(text: &'t str, lines: &'t Lines) -> Places<'t> {
        Places { text, lines, encoding: Encoding::Utf16 }
    }

    #[test]
    fn every_character_has_the_position_that_leads_back_to_it() {
        let text = "a𝄞é\r\n\n  b𝄞";
        let lines = Lines::of(text);
        let places = places(text, &lines);
        for (offset, character) in text.char_indices().filter(|(_, one)| *one != '\n') {
            // What ends a line is not part of it.
            if character != '\r' {
                assert_eq!(places.offset(places.position(offset)), offset, "{offset}");
            }
        }
        assert_eq!(places.position(5), Position::new(0, 3));
        assert_eq!(places.position(text.len()), Position::new(2, 5));
    }

    #[test]
    fn positions_outside_the_text_are_its_nearest_place() {
        let text = "ab\nc𝄞";
        let lines = Lines::of(text);
        let places = places(text, &lines);
        for (line, column, offset) in
            [(0, 99, 2), (1, 2, 4), (1, 99, 8), (99, 0, 8), (u32::MAX, u32::MAX, 8)]
        {
            assert_eq!(places.offset(Position::new(line, column)), offset, "{line}:{column}");
        }
    }
}
