//! Policies, hooks and their statements, one below the other.

use std::ops::Range;

use super::layout;
use super::lexeme::{Comment, Lexeme};
use super::space::Place;
use crate::parse::dsl::outline::{HookOutline, PolicyOutline};

/// The lines of a whole file, of at most `width` columns where they can be broken.
pub(super) fn file(
    policies: &[PolicyOutline],
    lexemes: &[Lexeme],
    rest: &[Comment],
    width: usize,
) -> String {
    let mut writer = Writer { lexemes, width, text: String::new(), is_start: true };
    for (at, policy) in policies.iter().enumerate() {
        let starts_group = at > 0;
        writer.policy(policy, starts_group);
    }
    writer.comments(rest, 0, !policies.is_empty());
    writer.text
}

/// What a block holds, in the order of the text.
enum Part<'o> {
    Statement(Range<usize>, Place),
    Hook(&'o HookOutline),
}

impl Part<'_> {
    fn start(&self) -> usize {
        match self {
            Self::Statement(range, _) => range.start,
            Self::Hook(hook) => hook.range.start,
        }
    }
}

struct Writer<'l, 'a> {
    lexemes: &'l [Lexeme<'a>],
    width: usize,
    text: String,
    /// Whether nothing was written yet in the block that is open.
    is_start: bool,
}

impl<'l, 'a> Writer<'l, 'a> {
    fn policy(&mut self, policy: &PolicyOutline, starts_group: bool) {
        if starts_group {
            self.text.push('\n');
            self.is_start = true;
        }
        let settings = policy.settings.iter();
        let hooks = policy.hooks.iter().map(Part::Hook);
        let parts = settings
            .map(|piece| Part::Statement(piece.range.clone(), Place::Setting))
            .chain(hooks)
            .collect();
        self.block(&policy.header.range, Place::Setting, &policy.range, parts, 0);
    }

    fn hook(&mut self, hook: &HookOutline) {
        let settings = hook.settings.iter().map(|piece| (piece, Place::Setting));
        let rules = hook.rules.iter().map(|piece| (piece, Place::Rule));
        let parts = settings
            .chain(rules)
            .map(|(piece, place)| Part::Statement(piece.range.clone(), place))
            .collect();
        self.block(&hook.header.range, Place::Hook, &hook.range, parts, 1);
    }

    /// A header, and what stands in braces behind it.
    fn block(
        &mut self,
        header: &Range<usize>,
        place: Place,
        whole: &Range<usize>,
        mut parts: Vec<Part>,
        depth: usize,
    ) {
        parts.sort_by_key(Part::start);
        let all = self.within(whole);
        let header = self.within(header);
        let tail = all.get(header.len()..).unwrap_or_default();
        let has_braces = tail.first().is_some_and(|lexeme| lexeme.text == "{");
        self.statement(header, place, depth, if has_braces { " {" } else { "" });
        let (Some(first), Some(last)) = (tail.first(), tail.last()) else { return };
        if !has_braces {
            // A `;`, which says nothing that its absence would not.
            self.comments(&first.above, depth, false);
            return self.beside(first.beside);
        }
        let is_beside = [header.last(), Some(first)].into_iter().flatten();
        let has_comment = is_beside.into_iter().any(|lexeme| lexeme.beside.is_some())
            || !first.above.is_empty()
            || !last.above.is_empty();
        let is_empty = parts.is_empty() && !has_comment;
        if is_empty {
            self.append("}");
            return self.beside(last.beside);
        }
        self.beside(first.beside);
        self.is_start = true;
        self.comments(&first.above, depth + 1, false);
        for part in &parts {
            match part {
                Part::Statement(range, place) => {
                    let lexemes = self.within(range);
                    self.statement(lexemes, *place, depth + 1, "");
                }
                Part::Hook(hook) => self.hook(hook),
            }
        }
        self.comments(&last.above, depth + 1, false);
        self.is_start = false;
        self.line(depth, "}");
        self.beside(last.beside);
    }

    /// A statement with the comments above it; `end` stands behind its last token.
    fn statement(&mut self, lexemes: &[Lexeme], place: Place, depth: usize, end: &str) {
        let (Some(first), Some(last)) = (lexemes.first(), lexemes.last()) else { return };
        self.comments(&first.above, depth, false);
        if first.follows_blank && !self.is_start {
            self.text.push('\n');
        }
        self.is_start = false;
        self.text.push_str(&layout::statement(lexemes, place, depth, end.len(), self.width));
        self.append(end);
        self.beside(last.beside);
    }

    fn comments(&mut self, comments: &[Comment], depth: usize, is_apart: bool) {
        for (at, comment) in comments.iter().enumerate() {
            if !self.is_start && (comment.follows_blank || (is_apart && at == 0)) {
                self.text.push('\n');
            }
            self.is_start = false;
            self.line(depth, comment.text);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&layout::INDENT.repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Adds to the line that was written last.
    fn append(&mut self, text: &str) {
        if !text.is_empty() && self.text.ends_with('\n') {
            self.text.pop();
            self.text.push_str(text);
            self.text.push('\n');
        }
    }

    fn beside(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.append(&format!(" {comment}"));
        }
    }

    /// The lexemes in a range of bytes.
    fn within(&self, range: &Range<usize>) -> &'l [Lexeme<'a>] {
        let start = self.lexemes.partition_point(|lexeme| lexeme.range.start < range.start);
        let end = self.lexemes.partition_point(|lexeme| lexeme.range.start < range.end);
        self.lexemes.get(start..end).unwrap_or_default()
    }
}
