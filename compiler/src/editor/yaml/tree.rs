//! YAML as a tree, however unfinished: indentation and brackets decide, and nothing is refused.

use std::ops::Range;

/// Levels that are looked at. Policies have about 10.
const DEEPEST: usize = 48;

/// A value and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) range: Range<usize>,
    pub(super) content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Empty,
    /// Without its quotes; escapes are kept.
    Scalar(String),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key and its value; while the key is being typed, there is no colon yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_range: Range<usize>,
    pub(super) has_colon: bool,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn entries(&self) -> &[Entry] {
        if let Content::Mapping(entries) = &self.content { entries } else { &[] }
    }

    pub(super) fn items(&self) -> &[Node] {
        if let Content::List(items) = &self.content { items } else { &[] }
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        if let Content::Scalar(text) = &self.content { Some(text) } else { None }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        get(self.entries(), key)
    }
}

/// The value of a key.
pub(super) fn get<'e>(entries: &'e [Entry], key: &str) -> Option<&'e Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// The document that the byte `offset` stands in.
pub(super) fn document(text: &str, offset: usize) -> Node {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.starts_with("---") || line.starts_with("...") {
            if start > offset {
                break;
            }
            lines.clear();
        } else if let Some(line) = Line::of(text, start, end) {
            lines.push(line);
        }
        start = end;
    }
    let mut parser = Parser { text, lines, at: 0 };
    parser.block(0, 0)
}

/// A line with something on it, or what is left of it behind a dash or a key.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The column of its first character, in bytes.
    column: usize,
    start: usize,
    /// Behind its last character, a comment left out.
    end: usize,
    /// Behind its line feed.
    next: usize,
}

impl Line {
    fn of(text: &str, start: usize, next: usize) -> Option<Self> {
        let line = text.get(start..next)?;
        let content = without_comment(line).trim_end();
        let column = content.len() - content.trim_start().len();
        let is_empty = column == content.len();
        let line = Self { column, start: start + column, end: start + content.len(), next };
        (!is_empty).then_some(line)
    }
}

/// A line up to its comment: a `#` outside quotes, behind a blank.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line),
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(character),
            (Some(open), _) if open == character && before != '\\' => quote = None,
            _ => {}
        }
        before = character;
    }
    line
}

struct Parser<'t> {
    text: &'t str,
    lines: Vec<Line>,
    at: usize,
}

impl Parser<'_> {
    /// The list or mapping of the lines from here on that are at least `column` deep.
    fn block(&mut self, column: usize, depth: usize) -> Node {
        let Some(line) = self.line().filter(|line| line.column >= column && depth < DEEPEST) else {
            return empty(self.line().map_or(self.text.len(), |line| line.start));
        };
        if self.is_item(line) { self.list(line, depth) } else { self.mapping(line, depth) }
    }

    fn list(&mut self, first: Line, depth: usize) -> Node {
        let mut items = Vec::new();
        let mut end = first.end;
        while let Some(line) = self.line().filter(|line| line.column >= first.column) {
            if line.column > first.column {
                // Deeper than the item before it allows.
                self.at += 1;
                continue;
            }
            if !self.is_item(line) {
                break;
            }
            let item = self.item(line, depth);
            end = item.range.end.max(line.start + 1);
            items.push(item);
        }
        Node { range: first.start..end, content: Content::List(items) }
    }

    /// What stands behind a dash, on its line and on deeper ones.
    fn item(&mut self, line: Line, depth: usize) -> Node {
        let rest = self.text.get(line.start + 1..line.end).unwrap_or("");
        let blanks = rest.len() - rest.trim_start().len();
        if blanks == rest.len() {
            self.at += 1;
            let is_deeper = self.line().is_some_and(|next| next.column > line.column);
            return if is_deeper {
                self.block(line.column + 1, depth + 1)
            } else {
                empty(line.end)
            };
        }
        let skipped = 1 + blanks;
        let inner = Line { column: line.column + skipped, start: line.start + skipped, ..line };
        if let Some(current) = self.lines.get_mut(self.at) {
            *current = inner;
        }
        if self.is_item(inner) || self.key(inner).is_some() || self.is_word(inner) {
            return self.block(inner.column, depth + 1);
        }
        self.inline(inner, line.column, depth + 1)
    }

    fn mapping(&mut self, first: Line, depth: usize) -> Node {
        let mut entries = Vec::new();
        let mut end = first.end;
        while let Some(line) = self.line().filter(|line| line.column >= first.column) {
            if line.column > first.column {
                self.at += 1;
                continue;
            }
            if self.is_item(line) {
                break;
            }
            let entry = self.entry(line, depth);
            end = entry.value.range.end.max(entry.key_range.end);
            entries.push(entry);
        }
        // What is no mapping in the end is a text that stands on a line of its own.
        if let [Entry { key, key_range, has_colon: false, .. }] = entries.as_slice()
            && !key.chars().all(|one| one.is_alphanumeric() || "_-‸".contains(one))
        {
            return Node { range: key_range.clone(), content: Content::Scalar(key.clone()) };
        }
        Node { range: first.start..end, content: Content::Mapping(entries) }
    }

    fn entry(&mut self, line: Line, depth: usize) -> Entry {
        let Some((key, key_range, value)) = self.key(line) else {
            self.at += 1;
            let key = self.text.get(line.start..line.end).unwrap_or("").to_owned();
            let key_range = line.start..line.end;
            return Entry { key, key_range, has_colon: false, value: empty(line.end) };
        };
        let rest = self.text.get(value..line.end).unwrap_or("");
        let blanks = rest.len() - rest.trim_start().len();
        let value = if blanks == rest.len() {
            self.at += 1;
            self.below(line, depth)
        } else {
            let start = value + blanks;
            let inner = Line { column: line.column + (start - line.start), start, ..line };
            self.inline(inner, line.column, depth + 1)
        };
        Entry { key, key_range, has_colon: true, value }
    }

    /// What stands below a key without a value on its line: deeper, or a list just as deep.
    fn below(&mut self, key: Line, depth: usize) -> Node {
        match self.line() {
            Some(next) if next.column > key.column => self.block(key.column + 1, depth + 1),
            Some(next) if next.column == key.column && self.is_item(next) => {
                self.block(key.column, depth + 1)
            }
            Some(_) | None => empty(key.end),
        }
    }

    /// A value on the line of its key or dash, which stands at `column`. It may go on below, deeper.
    fn inline(&mut self, line: Line, column: usize, depth: usize) -> Node {
        let limit = self.limit(column);
        let rest = self.text.get(line.start..line.end).unwrap_or("");
        let rest = without_properties(rest);
        let start = line.end - rest.len();
        if rest.starts_with(['[', '{']) {
            let mut flow = Flow { text: self.text, at: start, limit };
            let node = flow.node(depth);
            self.skip(column);
            return node;
        }
        self.skip(column);
        if rest.is_empty() {
            return empty(line.end);
        }
        scalar(rest, start)
    }

    /// Where the lines end that are deeper than `column`, counted from the line after this one.
    fn limit(&self, column: usize) -> usize {
        let here = self.lines.get(self.at).map_or(self.text.len(), |line| line.next);
        let below = self.lines.iter().skip(self.at + 1);
        // A bracket may close as deep as the key stands.
        let is_inside = |line: &&Line| {
            let closes =
                self.text.get(line.start..).is_some_and(|rest| rest.starts_with([']', '}']));
            line.column > column || line.column == column && closes
        };
        below.take_while(is_inside).last().map_or(here, |line| line.next)
    }

    /// Goes behind the lines that [`Self::limit`] counts.
    fn skip(&mut self, column: usize) {
        let limit = self.limit(column);
        while self.line().is_some_and(|line| line.start < limit) {
            self.at += 1;
        }
    }

    /// The key of a line, its bytes, and where its value begins.
    fn key(&self, line: Line) -> Option<(String, Range<usize>, usize)> {
        let text = self.text.get(line.start..line.end)?;
        if text.starts_with(['[', '{', '|', '>', '&', '*', '!']) {
            return None;
        }
        let quote = text.chars().next().filter(|first| ['"', '\''].contains(first));
        let (key, length) = if let Some(quote) = quote {
            let end = text.get(1..)?.find(quote)? + 1;
            (text.get(1..end)?, end + 1)
        } else {
            let colon = colon(text)?;
            (text.get(..colon)?.trim_end(), colon)
        };
        let is_key = text.get(length..)?.starts_with(':');
        let value = line.start + length + 1;
        is_key.then(|| (key.to_owned(), line.start..line.start + key.len(), value))
    }

    /// Whether the rest of a line is one word, as a key is while it is being typed.
    fn is_word(&self, line: Line) -> bool {
        let text = self.text.get(line.start..line.end).unwrap_or("");
        let is_part = |one: char| one.is_alphanumeric() || one == '_' || one == CURSOR;
        text.contains(CURSOR) && text.chars().all(is_part)
    }

    fn is_item(&self, line: Line) -> bool {
        let text = self.text.get(line.start..line.end).unwrap_or("");
        text == "-" || text.starts_with("- ")
    }

    fn line(&self) -> Option<Line> {
        self.lines.get(self.at).copied()
    }
}

/// Where the colon stands behind a plain key.
fn colon(text: &str) -> Option<usize> {
    text.match_indices(':')
        .map(|(at, _)| at)
        .find(|at| text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// What is put into the text where the cursor is, so that an empty place is something too.
pub(super) const CURSOR: char = '‸';

/// Without an anchor or a tag.
fn without_properties(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with(['&', '!']) {
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

fn scalar(text: &str, start: usize) -> Node {
    let range = start..start + text.len();
    for quote in ['"', '\''] {
        if let Some(open) = text.strip_prefix(quote) {
            let inner = open.strip_suffix(quote).unwrap_or(open);
            return Node { range, content: Content::Scalar(inner.to_owned()) };
        }
    }
    Node { range, content: Content::Scalar(text.to_owned()) }
}

fn empty(at: usize) -> Node {
    Node { range: at..at, content: Content::Empty }
}

/// `[…]` and `{…}`.
struct Flow<'t> {
    text: &'t str,
    at: usize,
    limit: usize,
}

impl Flow<'_> {
    fn node(&mut self, depth: usize) -> Node {
        self.skip_blanks();
        let start = self.at;
        match self.peek() {
            Some('[') if depth < DEEPEST => self.list(start, depth),
            Some('{') if depth < DEEPEST => self.mapping(start, depth),
            _ => self.scalar(),
        }
    }

    fn list(&mut self, start: usize, depth: usize) -> Node {
        let mut items = Vec::new();
        self.at += 1;
        while let Some(next) = self.separator(']') {
            let before = self.at;
            if next == ':' {
                self.at += 1;
            } else {
                items.push(self.node(depth + 1));
            }
            self.go_on(before);
        }
        Node { range: start..self.at, content: Content::List(items) }
    }

    fn mapping(&mut self, start: usize, depth: usize) -> Node {
        let mut entries = Vec::new();
        self.at += 1;
        while self.separator('}').is_some() {
            let before = self.at;
            let key = self.scalar();
            self.skip_blanks();
            let has_colon = self.peek() == Some(':');
            let value = if has_colon {
                self.at += 1;
                self.skip_blanks();
                match self.peek() {
                    Some(',' | '}' | ']') | None => empty(self.at),
                    Some(_) => self.node(depth + 1),
                }
            } else {
                empty(self.at)
            };
            if let Content::Scalar(text) = key.content {
                entries.push(Entry { key: text, key_range: key.range, has_colon, value });
            }
            self.go_on(before);
        }
        Node { range: start..self.at, content: Content::Mapping(entries) }
    }

    /// The next character that is no separator; `None` behind the end, which is passed.
    fn separator(&mut self, close: char) -> Option<char> {
        loop {
            self.skip_blanks();
            match self.peek()? {
                ',' => self.at += 1,
                // The other bracket closes too: this one was forgotten.
                found @ (']' | '}') => {
                    self.at += usize::from(found == close);
                    return None;
                }
                found => return Some(found),
            }
        }
    }

    /// Whatever comes, something is taken.
    fn go_on(&mut self, before: usize) {
        if self.at == before {
            self.at += self.peek().map_or(1, char::len_utf8);
        }
    }

    fn scalar(&mut self) -> Node {
        let start = self.at;
        let rest = self.text.get(start..self.limit).unwrap_or("");
        let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first));
        let length = match quote {
            Some(quote) => {
                let inner = rest.get(1..).unwrap_or("");
                let line = inner.split('\n').next().unwrap_or("");
                line.find(quote).map_or(line.trim_end().len() + 1, |end| end + 2)
            }
            None => plain_length(rest),
        };
        self.at += length;
        scalar(rest.get(..length).unwrap_or(""), start)
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.text.get(self.at..self.limit).unwrap_or("");
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..self.limit)?.chars().next()
    }
}

/// How long a plain scalar inside brackets is.
fn plain_length(rest: &str) -> usize {
    let end = rest.char_indices().find(|&(at, character)| match character {
        ',' | '[' | ']' | '{' | '}' | '\n' => true,
        ':' => rest
            .get(at + 1..)
            .is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\n', '}', ']', ','])),
        '#' => rest.get(..at).is_some_and(|before| before.ends_with(' ')),
        _ => false,
    });
    let end = end.map_or(rest.len(), |(at, _)| at);
    rest.get(..end).unwrap_or("").trim_end().len()
}
