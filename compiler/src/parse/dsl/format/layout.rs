//! Breaks a statement into lines where it is too long for one, or where a comment ends a line.

use std::ops::Range;

use super::lexeme::Lexeme;
use super::space::{Place, spaces};

/// One level of indentation.
pub(super) const INDENT: &str = "  ";

/// What a comment counts as columns, so that brackets that hold one are broken first.
const LONG: usize = 1 << 20;

/// The lines of a statement. The comments above its first token and beside its last are left out:
/// they belong to whoever places the statement, as do `reserved` columns at its end.
pub(super) fn statement(
    lexemes: &[Lexeme],
    place: Place,
    depth: usize,
    reserved: usize,
    width: usize,
) -> String {
    let spaces = spaces(lexemes, place);
    let mut layout = Layout { lexemes, spaces, text: String::new(), reserved, width };
    layout.lay(0..lexemes.len(), Indent::at(depth), Level::Arrow);
    layout.text.push('\n');
    layout.text
}

/// Where a run is broken first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Before `=>` and `returning`.
    Arrow,
    /// Before `or`.
    Or,
    /// Before `and`.
    And,
    /// Behind a comma between actions.
    Comma,
    /// Inside the longest brackets.
    Brackets,
}

impl Level {
    fn next(self) -> Self {
        match self {
            Self::Arrow => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Comma,
            Self::Comma | Self::Brackets => Self::Brackets,
        }
    }
}

/// How deep the first line of a run and those after it are indented, in levels.
#[derive(Debug, Clone, Copy)]
struct Indent {
    first: usize,
    next: usize,
}

impl Indent {
    fn at(depth: usize) -> Self {
        Self { first: depth, next: depth + 1 }
    }
}

struct Layout<'l, 'a> {
    lexemes: &'l [Lexeme<'a>],
    /// Whether a blank stands before each lexeme.
    spaces: Vec<bool>,
    text: String,
    reserved: usize,
    /// The most columns of a line, as long as it can be broken.
    width: usize,
}

impl Layout<'_, '_> {
    /// Writes a run of lexemes that begins a line.
    fn lay(&mut self, run: Range<usize>, indent: Indent, level: Level) {
        if self.fits(&run, indent.first) {
            self.indent(indent.first);
            return self.flat(run, indent.first);
        }
        if level == Level::Brackets {
            return self.brackets(run, indent.first);
        }
        let starts = self.breaks(&run, level);
        if starts.is_empty() {
            return self.lay(run, indent, level.next());
        }
        if level == Level::Arrow && self.is_one_test(&run, &starts, indent) {
            return self.brackets(run, indent.first);
        }
        let ends = starts.iter().copied().chain([run.end]);
        let mut start = run.start;
        for end in ends {
            let mut inner = Indent::at(indent.next);
            if start == run.start {
                // What binds tighter stands deeper than what is broken here.
                let deeper = usize::from(level == Level::Or);
                inner = Indent { first: indent.first, next: indent.next + deeper };
            } else {
                self.new_line();
                self.above(start, indent.next);
            }
            self.lay(start..end, inner, level.next());
            if end < run.end {
                self.beside(end - 1);
            }
            start = end;
        }
    }

    /// Whether only its brackets can break what stands before the first of `starts`: then `=>` may
    /// follow the bracket that closes.
    fn is_one_test(&self, run: &Range<usize>, starts: &[usize], indent: Indent) -> bool {
        let first = starts.first().map_or(0..0, |&end| run.start..end);
        !self.fits(&first, indent.first)
            && [Level::Or, Level::And].iter().all(|&level| self.breaks(&first, level).is_empty())
    }

    /// Where the lines of a run begin, apart from the first.
    fn breaks(&self, run: &Range<usize>, level: Level) -> Vec<usize> {
        let mut depth = 0usize;
        let mut starts = Vec::new();
        for at in run.clone() {
            match self.word(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            let is_break = depth == 0 && at > run.start && self.is_break(at, level);
            if is_break {
                starts.push(at);
            }
        }
        starts
    }

    fn is_break(&self, at: usize, level: Level) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        match (level, self.word(at)) {
            (Level::Arrow, "=>") => before != "returning",
            (Level::Arrow, "returning") | (Level::Or, "or") => true,
            // `and children` goes with the comparison before it.
            (Level::And, "and") => !matches!(self.word(at + 1), "children" | "descendants"),
            (Level::Comma, word) => before == "," && !matches!(word, ")" | "]"),
            _ => false,
        }
    }

    /// Breaks the longest brackets of a run, one item a line.
    fn brackets(&mut self, run: Range<usize>, depth: usize) {
        let Some(Group { open, close }) = self.longest(&run) else {
            self.indent(depth);
            return self.flat(run, depth);
        };
        self.indent(depth);
        self.flat(run.start..open + 1, depth);
        self.beside(open);
        self.new_line();
        self.items(open + 1..close, depth + 1);
        for comment in self.lexemes.get(close).map_or(&[][..], |lexeme| &lexeme.above) {
            self.indent(depth + 1);
            self.text.push_str(comment.text);
            self.new_line();
        }
        self.lay(close..run.end, Indent::at(depth), Level::Arrow);
    }

    fn items(&mut self, run: Range<usize>, depth: usize) {
        let mut starts = self.breaks(&run, Level::Comma);
        starts.insert(0, run.start);
        let is_list = starts.len() > 1;
        for (at, &start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(run.end);
            if start >= end {
                continue;
            }
            let ends_in_comma = self.word(end - 1) == ",";
            let last = if ends_in_comma { end - 1 } else { end };
            self.above(start, depth);
            self.lay(start..last, Indent::at(depth), Level::Arrow);
            if is_list {
                self.text.push(',');
            }
            self.beside(end - 1);
            self.new_line();
        }
    }

    /// The outermost brackets of a run that hold most; none that hold nothing.
    fn longest(&self, run: &Range<usize>) -> Option<Group> {
        let mut open = Vec::new();
        let mut longest: Option<(usize, Group)> = None;
        for at in run.clone() {
            match self.word(at) {
                "(" | "[" | "{" => open.push(at),
                ")" | "]" | "}" => {
                    let Some(start) = open.pop() else { continue };
                    let inside = start + 1..at;
                    let weight = self.columns(&inside)
                        + if self.has_comment(&(start..at + 1)) { LONG } else { 0 };
                    let is_longer = longest.as_ref().is_none_or(|(known, _)| weight > *known);
                    if open.is_empty() && !inside.is_empty() && is_longer {
                        longest = Some((weight, Group { open: start, close: at }));
                    }
                }
                _ => {}
            }
        }
        longest.map(|(_, group)| group)
    }

    /// Writes a run on the line that is open. Where comments force it, it goes on in the next.
    fn flat(&mut self, run: Range<usize>, depth: usize) {
        for at in run.clone() {
            let Some(lexeme) = self.lexemes.get(at) else { return };
            if self.is_superfluous(at) {
                continue;
            }
            if at > run.start && (!lexeme.above.is_empty() || self.ends_line(at - 1)) {
                self.new_line();
                self.above(at, depth + 1);
                self.indent(depth + 1);
            } else if at > run.start && self.spaces.get(at).copied().unwrap_or(true) {
                self.text.push(' ');
            }
            self.text.push_str(lexeme.text);
            if at + 1 < run.end {
                self.beside(at);
            }
        }
    }

    /// Whether a run can stand on one line.
    fn fits(&self, run: &Range<usize>, depth: usize) -> bool {
        let reserved = if run.end == self.lexemes.len() { self.reserved } else { 1 };
        let columns = INDENT.len() * depth + self.columns(run) + reserved;
        columns <= self.width && !self.has_comment(run)
    }

    fn columns(&self, run: &Range<usize>) -> usize {
        run.clone()
            .filter(|&at| !self.is_superfluous(at))
            .map(|at| {
                let blank = at > run.start && self.spaces.get(at).copied().unwrap_or(true);
                self.word(at).chars().count() + usize::from(blank)
            })
            .sum()
    }

    /// Whether a comment stands inside a run: not above its first lexeme, nor beside its last.
    fn has_comment(&self, run: &Range<usize>) -> bool {
        let inside = self.lexemes.get(run.clone()).unwrap_or_default();
        let above = inside.iter().skip(1).any(|lexeme| !lexeme.above.is_empty());
        let beside = inside.iter().rev().skip(1).any(|lexeme| lexeme.beside.is_some());
        above || beside
    }

    /// A comma before the bracket that closes.
    fn is_superfluous(&self, at: usize) -> bool {
        let is_last = self.word(at) == "," && matches!(self.word(at + 1), ")" | "]");
        is_last && !self.ends_line(at)
    }

    fn above(&mut self, at: usize, depth: usize) {
        for comment in self.lexemes.get(at).map_or(&[][..], |lexeme| &lexeme.above) {
            self.indent(depth);
            self.text.push_str(comment.text);
            self.new_line();
        }
    }

    fn beside(&mut self, at: usize) {
        if let Some(comment) = self.lexemes.get(at).and_then(|lexeme| lexeme.beside) {
            self.text.push(' ');
            self.text.push_str(comment);
        }
    }

    fn ends_line(&self, at: usize) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.beside.is_some())
    }

    fn indent(&mut self, depth: usize) {
        self.text.push_str(&INDENT.repeat(depth));
    }

    fn new_line(&mut self) {
        self.text.push('\n');
    }

    fn word(&self, at: usize) -> &str {
        self.lexemes.get(at).map_or("", |lexeme| lexeme.text)
    }
}

/// A pair of brackets.
#[derive(Debug, Clone, Copy)]
struct Group {
    open: usize,
    close: usize,
}
