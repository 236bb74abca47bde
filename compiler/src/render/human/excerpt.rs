//! The lines around a finding, cut out of a source that may be large.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::{Source, Span};

/// The most lines that one finding underlines; of a longer text, the first line stands for all.
const LINES_MAX: usize = 24;

/// The most bytes of a line that are drawn before a finding and behind it.
const LINE_MAX: usize = 1000;

/// A source of which miette is shown no more than it draws. Given the whole text it would read all
/// that is before a finding, again for every finding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Excerpt<'a> {
    source: &'a Source,
}

impl<'a> Excerpt<'a> {
    pub(super) fn of(source: &'a Source) -> Self {
        Self { source }
    }

    /// How many bytes of `span` are underlined.
    pub(super) fn drawn(self, span: Span) -> usize {
        let range = span.range();
        let lines = &self.source.lines;
        let first = lines.number(range.start);
        let end = if lines.number(range.end).saturating_sub(first) < LINES_MAX {
            range.end
        } else {
            self.line_end(first)
        };
        let end = end.min(range.start + LINE_MAX * LINES_MAX);
        self.source.text.floor_char_boundary(end).saturating_sub(range.start)
    }

    /// Where the text of a line ends.
    fn line_end(self, number: usize) -> usize {
        let start = self.source.lines.start(number);
        let line = self.source.text.get(start..).and_then(|tail| tail.lines().next());
        start + line.map_or(0, str::len)
    }

    /// What is drawn when there are `before` and `after` lines around `span`, from where to where.
    fn window(self, span: &SourceSpan, before: usize, after: usize) -> (usize, usize) {
        let (lines, text) = (&self.source.lines, &self.source.text);
        let end = span.offset().saturating_add(span.len()).min(text.len());
        let first = lines.start(lines.number(span.offset()).saturating_sub(before));
        let last = self.line_end(lines.number(end).saturating_add(after));
        let last = (last + 2).min(text.len()); // with its line end
        let start = first.max(span.offset().saturating_sub(LINE_MAX));
        let end = last.min(end.saturating_add(LINE_MAX));
        (text.floor_char_boundary(start), text.ceil_char_boundary(end))
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = self.window(span, before, after);
        let piece = self.source.text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        let inside = span.offset().checked_sub(start).ok_or(MietteError::OutOfBounds)?;
        let inside = SourceSpan::new(inside.into(), span.len());
        let contents = piece.as_bytes().read_span(&inside, before, after)?;
        let lines_before = self.source.lines.number(start);
        let shown = contents.span();
        // With lines before it, what is shown begins at the start of a line, cut off or not.
        let cut = if before == 0 { start - self.source.lines.start(lines_before) } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.source.name.clone(),
            contents.data(),
            SourceSpan::new((start + shown.offset()).into(), shown.len()),
            lines_before + contents.line(),
            cut + contents.column(),
            lines_before + contents.line_count(),
        )))
    }
}
