//! Where in a Writ text an offset is, found from the tokens before it. What is unfinished or
//! misplaced is passed over: a keyword that begins a line begins a statement.

use crate::parse::dsl::token::{Token, TokenKind, tokens};
use crate::parse::dsl::{HOOK_WORDS, POLICY_WORDS};

/// What a place stands in, as far as braces tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    File,
    Policy,
    /// The braces of a hook.
    Hook,
    /// The braces of `for pods { … }`.
    Workload,
}

/// What stands before a place.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    /// All tokens of the text.
    pub(super) tokens: Vec<Token>,
    /// How many of them end before the place; the one that it stands in or behind not counted.
    before: usize,
    /// Whether the place stands in a word or right behind it.
    has_word: bool,
    pub(super) block: Block,
    /// The `policy` around the place.
    policy: usize,
    /// The `on` of the hook around the place.
    pub(super) header: Option<usize>,
    /// Where the statement begins that the place stands in.
    statement: usize,
    /// Whether only blanks stand before the place on its line, its word aside.
    pub(super) is_first_on_line: bool,
}

impl<'t> Scan<'t> {
    pub(super) fn up_to(text: &'t str, offset: usize) -> Self {
        let tokens = tokens(text);
        let before = tokens.partition_point(|token| token.range.end < offset);
        let at = tokens.get(before);
        let has_word =
            at.is_some_and(|token| token.range.start <= offset && token.kind != TokenKind::Sign);
        // Right behind a sign, the sign counts too.
        let is_behind =
            at.is_some_and(|token| token.range.end == offset && token.kind == TokenKind::Sign);
        let next_word = tokens.get(before + 1).is_some_and(|token| {
            is_behind && token.range.start == offset && token.kind != TokenKind::Sign
        });
        let line = text.get(..offset).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let mut scan = Self {
            text,
            tokens,
            before: before + usize::from(is_behind),
            has_word: has_word || next_word,
            block: Block::File,
            policy: 0,
            header: None,
            statement: 0,
            is_first_on_line: line.trim().is_empty(),
        };
        if let Some(word) = scan.word() {
            scan.is_first_on_line = word.is_first_on_line;
        }
        (0..scan.before).for_each(|at| scan.step(at));
        // Inside a header, its first name included, the header is around the place.
        if scan.has_word && scan.begins(scan.before) {
            scan.step(scan.before);
            scan.statement = scan.before;
        }
        scan
    }

    /// The word, number or text that the place stands in or right behind.
    pub(super) fn word(&self) -> Option<&Token> {
        self.tokens.get(self.before).filter(|_| self.has_word)
    }

    /// The tokens of the statement, up to the word at the place.
    pub(super) fn statement(&self) -> &[Token] {
        self.tokens.get(self.statement..self.before).unwrap_or_default()
    }

    /// The names of the constants, lists and macros of the policy.
    pub(super) fn declared(&self) -> impl Iterator<Item = &Token> {
        let after = self.tokens.get(self.policy..).unwrap_or_default();
        let is_next = |at: &usize| *at > 0 && self.is_policy(self.policy + at);
        let end = (0..after.len()).find(is_next).unwrap_or(after.len());
        let own = after.get(..end).unwrap_or_default();
        own.windows(2).filter_map(|pair| {
            let [keyword, name] = pair else { return None };
            // `list NAME` elsewhere refers to a list.
            let is_declaration = match keyword.text(self.text) {
                "let" | "macro" => true,
                "list" => keyword.is_first_on_line,
                _ => false,
            };
            (is_declaration && name.kind == TokenKind::Word).then_some(name)
        })
    }

    fn step(&mut self, at: usize) {
        let word = self.text_of(at);
        if self.is_policy(at) {
            (self.block, self.policy, self.header) = (Block::File, at, None);
            self.statement = at;
        } else if self.is_hook(at) {
            (self.block, self.header) = (Block::Policy, Some(at));
            self.statement = at;
        } else if word == "{" {
            self.open();
            self.statement = at + 1;
        } else if word == "}" {
            self.close();
            self.statement = at + 1;
        } else if self.begins(at) {
            self.statement = at;
            if self.block == Block::Policy {
                self.header = None;
            }
        }
    }

    fn open(&mut self) {
        self.block = match (self.block, self.text_of(self.statement)) {
            (Block::File, _) => Block::Policy,
            (Block::Policy, "for") => Block::Workload,
            (Block::Policy, _) => Block::Hook,
            (block @ (Block::Hook | Block::Workload), _) => block,
        };
    }

    fn close(&mut self) {
        self.block = match self.block {
            Block::Hook | Block::Workload => Block::Policy,
            Block::Policy | Block::File => Block::File,
        };
        self.header = None;
    }

    /// Whether a statement begins with this token.
    fn begins(&self, at: usize) -> bool {
        let word = self.text_of(at);
        let is_first = self.tokens.get(at).is_some_and(|token| token.is_first_on_line);
        match self.block {
            Block::File | Block::Workload => false,
            Block::Policy => is_first && POLICY_WORDS.contains(&word),
            Block::Hook => {
                matches!(word, "when" | "otherwise") || is_first && HOOK_WORDS.contains(&word)
            }
        }
    }

    fn is_policy(&self, at: usize) -> bool {
        let name = self.tokens.get(at + 1).map(|token| token.kind);
        self.text_of(at) == "policy" && matches!(name, Some(TokenKind::Text | TokenKind::OpenText))
    }

    fn is_hook(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.text_of(before));
        let is_first = self.tokens.get(at).is_some_and(|token| token.is_first_on_line);
        self.text_of(at) == "on"
            && before != "enforce"
            && (is_first || matches!(before, "{" | "}" | ";"))
    }

    fn text_of(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }
}
