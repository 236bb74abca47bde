//! Cuts a text into policies, hooks and statements, so that each can be parsed on its own.
//!
//! Statements have no separators. One begins at a keyword that what follows it makes certain, so
//! that `mode` may also be the name of an argument. Where a brace is missing, a `policy` or `on`
//! that begins a line ends what is open.

mod boundary;
mod nesting;

use std::ops::Range;

use super::expected::shortened;
use super::token::{Token, TokenKind};
use super::{Text, report};
use crate::diagnostic::{Finding, did_you_mean};

/// A run of tokens that one rule of the grammar must take as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The token after it, to say what was found instead of what it lacks.
    pub(super) next: usize,
    /// Whether nothing is known to be wrong with it yet.
    pub(super) is_sound: bool,
}

/// A `policy` block.
#[derive(Debug)]
pub(super) struct PolicyOutline {
    pub(super) range: Range<usize>,
    pub(super) header: Piece,
    pub(super) settings: Vec<Piece>,
    pub(super) hooks: Vec<HookOutline>,
}

/// An `on` block.
#[derive(Debug)]
pub(super) struct HookOutline {
    pub(super) range: Range<usize>,
    pub(super) header: Piece,
    pub(super) settings: Vec<Piece>,
    pub(super) rules: Vec<Piece>,
}

/// The policies of a text. Mistakes of structure are reported.
pub(super) fn outline(text: &mut Text) -> Vec<PolicyOutline> {
    let tokens = std::mem::take(&mut text.tokens);
    let mut outliner = Outliner { text, tokens: &tokens, at: 0, open_brackets: 0 };
    let policies = outliner.file();
    text.tokens = tokens;
    policies
}

pub(crate) const POLICY_WORDS: [&str; 11] =
    ["message", "tags", "mode", "option", "for", "let", "list", "enforce", "macro", "loader", "on"];
pub(crate) const HOOK_WORDS: [&str; 5] = ["when", "otherwise", "rule", "message", "tags"];

#[derive(Debug)]
struct Outliner<'t, 'a> {
    text: &'t mut Text<'a>,
    tokens: &'t [Token],
    at: usize,
    /// Round and square brackets open in the statement that is being read.
    open_brackets: usize,
}

impl Outliner<'_, '_> {
    fn file(&mut self) -> Vec<PolicyOutline> {
        let mut policies = Vec::new();
        while self.token(self.at).is_some() {
            let is_policy = self.is_word(self.at, "policy");
            let is_misspelt = self.is_kind(self.at, TokenKind::Word)
                && self.is_kind(self.at + 1, TokenKind::Text);
            if is_policy || is_misspelt {
                policies.push(self.policy());
            } else {
                self.stray();
            }
        }
        policies
    }

    /// Tokens outside every policy: one finding, then on to the next policy.
    fn stray(&mut self) {
        let start = self.at;
        if self.is_sign(start, "}") {
            self.closes_nothing(start);
            self.at += 1;
            return;
        }
        self.unexpected(start, "`policy`");
        while self.token(self.at).is_some() && (self.at == start || !self.starts_policy(self.at)) {
            self.at += 1;
        }
    }

    fn policy(&mut self) -> PolicyOutline {
        let start = self.at;
        let is_sound = self.is_word(start, "policy");
        if !is_sound {
            self.unknown_statement(start, &["policy"]);
        }
        self.advance_while(|this, at| {
            !this.is_sign(at, "{")
                && !this.is_sign(at, "}")
                && !this.starts_setting(at)
                && !this.starts_hook(at)
                && !this.starts_policy(at)
        });
        let mut policy = PolicyOutline {
            range: 0..0,
            header: self.piece(start, is_sound),
            settings: Vec::new(),
            hooks: Vec::new(),
        };
        if self.opens_block("the policy's settings and hooks") {
            self.policy_body(&mut policy);
        }
        policy.range = self.bytes(start);
        policy
    }

    fn policy_body(&mut self, policy: &mut PolicyOutline) {
        let brace = self.at.saturating_sub(1);
        loop {
            if self.token(self.at).is_none() || self.starts_policy(self.at) {
                return self.never_closed(brace);
            }
            if self.is_sign(self.at, "}") {
                self.at += 1;
                return;
            }
            self.statement(policy);
        }
    }

    /// A setting or a hook. What has braces and is no workload is a hook, however it begins.
    fn statement(&mut self, policy: &mut PolicyOutline) {
        let start = self.at;
        let is_known = POLICY_WORDS.iter().any(|word| self.is_word(start, word));
        if !is_known {
            self.unknown_statement(start, &POLICY_WORDS);
        }
        if self.is_word(start, "for") {
            self.workload();
        } else if self.is_word(start, "macro") {
            self.advance_while(|this, at| !this.ends_macro(at, start));
        } else {
            self.advance_while(|this, at| !this.ends_statement(at, start));
        }
        let is_shallow = self.check_nesting(start);
        let piece = self.piece(start, is_known && is_shallow);
        let is_hook = self.is_word(start, "on") || self.is_sign(self.at, "{");
        if is_hook {
            policy.hooks.push(self.hook(start, piece));
        } else {
            policy.settings.push(piece);
        }
    }

    /// `for pods { … }`: its braces belong to the statement.
    fn workload(&mut self) {
        let start = self.at;
        self.advance_while(|this, at| !this.ends_statement(at, start));
        if self.is_sign(self.at, "{") {
            let brace = self.at;
            self.advance_while(|this, at| !this.is_sign(at, "}") && !this.starts_policy(at));
            if self.is_sign(self.at, "}") {
                self.at += 1;
            } else {
                self.never_closed(brace);
            }
        }
    }

    fn hook(&mut self, start: usize, header: Piece) -> HookOutline {
        let mut hook = HookOutline { range: 0..0, header, settings: Vec::new(), rules: Vec::new() };
        if self.is_sign(self.at, ";") {
            self.at += 1;
        } else if self.is_sign(self.at, "{") {
            self.at += 1;
            self.hook_body(&mut hook);
        }
        hook.range = self.bytes(start);
        hook
    }

    fn hook_body(&mut self, hook: &mut HookOutline) {
        let brace = self.at.saturating_sub(1);
        loop {
            if self.token(self.at).is_none() || self.starts_outer(self.at) {
                return self.never_closed(brace);
            }
            if self.is_sign(self.at, "}") {
                self.at += 1;
                return;
            }
            self.hook_statement(hook);
        }
    }

    fn hook_statement(&mut self, hook: &mut HookOutline) {
        let start = self.at;
        let is_setting = self.is_word(start, "message") || self.is_word(start, "tags");
        let is_known = HOOK_WORDS.iter().any(|word| self.is_word(start, word));
        if !is_known {
            self.unknown_statement(start, &HOOK_WORDS);
        }
        // `rule "name" when`: this `when` begins nothing new.
        if self.is_word(start, "rule") {
            self.at += 1 + usize::from(self.is_kind(start + 1, TokenKind::Text));
        }
        self.rule_end();
        let is_shallow = self.check_nesting(start);
        let piece = self.piece(start, is_known && is_shallow);
        if is_setting {
            hook.settings.push(piece);
        } else {
            hook.rules.push(piece);
        }
    }

    /// Goes to the end of the rule. Braces inside, as in `when … { kill }`, are a mistake that the
    /// grammar names; here they only must not end the hook.
    fn rule_end(&mut self) {
        let mut depth = 0usize;
        self.at += 1;
        while self.token(self.at).is_some() && !self.starts_outer(self.at) {
            if self.is_sign(self.at, "{") {
                depth += 1;
            } else if self.is_sign(self.at, "}") && depth == 0 {
                return;
            } else if self.is_sign(self.at, "}") {
                depth -= 1;
            } else if self.starts_rule(self.at) {
                return;
            }
            self.at += 1;
        }
    }

    fn check_nesting(&mut self, start: usize) -> bool {
        let tokens = self.tokens.get(start..self.at).unwrap_or_default();
        let Some(deep) = nesting::too_deep(tokens, self.text.content) else { return true };
        let span = self.text.span(deep.range.clone());
        report::too_deep(self.text, span, nesting::NESTING_MAX);
        false
    }

    /// Whether a block opens here; reports it when not.
    fn opens_block(&mut self, of: &str) -> bool {
        if self.is_sign(self.at, "{") {
            self.at += 1;
            return true;
        }
        self.unexpected(self.at, &format!("`{{` and {of}"));
        // The rest reads best as if the brace had been there, unless nothing is left to read.
        self.starts_setting(self.at) || self.starts_hook(self.at)
    }

    /// Takes a first token whatever it is, then more while `is_inside` holds.
    fn advance_while(&mut self, is_inside: impl Fn(&Self, usize) -> bool) {
        self.open_brackets = 0;
        self.step();
        while self.token(self.at).is_some() && is_inside(self, self.at) {
            self.step();
        }
    }

    fn step(&mut self) {
        let is_any = |signs: [&str; 2]| signs.iter().any(|sign| self.is_sign(self.at, sign));
        if is_any(["(", "["]) {
            self.open_brackets += 1;
        } else if is_any([")", "]"]) {
            self.open_brackets = self.open_brackets.saturating_sub(1);
        }
        self.at += 1;
    }

    /// The tokens from `start` to here. Open texts in it are reported.
    fn piece(&mut self, start: usize, is_sound: bool) -> Piece {
        let end = self.at.min(self.tokens.len());
        let mut is_whole = true;
        for token in self.tokens.get(start..end).unwrap_or_default() {
            if token.kind == TokenKind::OpenText {
                let span = self.text.span(token.range.clone());
                let help = "add the closing `\"` on the same line".to_owned();
                report::bad_text(self.text, span, "this text has no closing quote", help);
                is_whole = false;
            }
        }
        Piece { range: self.bytes(start), next: end, is_sound: is_sound && is_whole }
    }

    /// The bytes from the token `start` up to here.
    fn bytes(&self, start: usize) -> Range<usize> {
        let first = self.token(start).map_or(self.text.content.len(), |token| token.range.start);
        let last = self.at.checked_sub(1).and_then(|last| self.token(last));
        first..last.map_or(first, |token| token.range.end.max(first))
    }

    fn unknown_statement(&mut self, at: usize, legal: &[&str]) {
        let Some(token) = self.token(at) else { return };
        let (word, range) = (token.text(self.text.content).to_owned(), token.range.clone());
        let span = self.text.span(range);
        if !self.is_kind(at, TokenKind::Word) {
            return self.unexpected(at, &list(legal));
        }
        let misplaced = match word.as_str() {
            "when" | "otherwise" | "rule" if !legal.contains(&"when") => {
                Some("a rule stands inside a hook: `on kprobe name(…) { when … }`")
            }
            "mode" | "option" | "let" | "for" | "list" | "enforce" | "macro" | "loader" => {
                Some("it stands in the policy, before its hooks")
            }
            _ => None,
        };
        if let Some(help) = misplaced {
            let finding = Finding::at(span, format!("`{word}` does not belong here"))
                .label("not expected here")
                .help(help.to_owned());
            return report::unexpected(self.text, finding);
        }
        if did_you_mean(&word, legal.iter().copied()).is_none() && word == "policy" {
            return self.unexpected(at, &list(legal));
        }
        report::unknown_word(self.text, "statement", &word, span, legal.iter().copied());
    }

    fn unexpected(&mut self, at: usize, expected: &str) {
        let end = self.text.content.len();
        let (range, found) = self.token(at).map_or((end..end, "the end".to_owned()), |token| {
            (token.range.clone(), format!("`{}`", shortened(token.text(self.text.content))))
        });
        let finding =
            Finding::at(self.text.span(range), format!("expected {expected}, found {found}"))
                .label("not expected here");
        report::unexpected(self.text, finding);
    }

    fn never_closed(&mut self, brace: usize) {
        let Some(token) = self.token(brace) else { return };
        let mut finding =
            Finding::at(self.text.span(token.range.clone()), "this `{` is never closed")
                .label("opened here")
                .help("add a `}`".to_owned());
        if let Some(next) = self.token(self.at) {
            finding =
                finding.also(self.text.span(next.range.clone()), "must be closed before this");
        }
        report::unbalanced(self.text, finding);
    }

    fn closes_nothing(&mut self, at: usize) {
        let Some(token) = self.token(at) else { return };
        let finding = Finding::at(self.text.span(token.range.clone()), "this `}` closes nothing")
            .label("nothing is open here")
            .help("remove it".to_owned());
        report::unbalanced(self.text, finding);
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }
}

fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.split_last().map_or(String::new(), |(last, rest)| {
        if rest.is_empty() { last.clone() } else { format!("{} or {last}", rest.join(", ")) }
    })
}
