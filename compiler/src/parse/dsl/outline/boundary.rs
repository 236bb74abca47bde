//! Where a statement, a rule, a hook or a policy begins.

use super::Outliner;
use crate::diagnostic::did_you_mean;
use crate::parse::dsl::token::TokenKind;

impl Outliner<'_, '_> {
    /// `policy "name"`.
    pub(super) fn starts_policy(&self, at: usize) -> bool {
        self.is_word(at, "policy") && self.is_kind(at + 1, TokenKind::Text)
    }

    /// `on kprobe`; but not the `on` of `enforce on […]`.
    pub(super) fn starts_hook(&self, at: usize) -> bool {
        self.is_word(at, "on")
            && self.is_kind(at + 1, TokenKind::Word)
            && !self.is_word(at + 1, "on")
    }

    /// A keyword of a policy's setting and what can only follow it there.
    pub(super) fn starts_setting(&self, at: usize) -> bool {
        let word_follows = self.is_kind(at + 1, TokenKind::Word);
        let text_follows = self.is_kind(at + 1, TokenKind::Text);
        let is_sign = |at, sign| self.is_sign(at, sign);
        (self.is_word(at, "message") && text_follows)
            || (self.is_word(at, "tags") && is_sign(at + 1, "["))
            || (self.is_word(at, "mode") && word_follows)
            || (self.is_word(at, "option") && (word_follows || text_follows))
            || (self.is_word(at, "for") && word_follows)
            || (self.is_word(at, "let") && word_follows && is_sign(at + 2, "="))
            || (self.is_word(at, "list") && (word_follows || text_follows) && !self.names_list(at))
            || (self.is_word(at, "macro") && (word_follows || text_follows) && is_sign(at + 2, "="))
            || self.is_loader(at)
            || (self.is_word(at, "enforce") && self.is_word(at + 1, "on") && is_sign(at + 2, "["))
    }

    /// `list NAME` in place of a name: after a hook's kind, or in a list.
    fn names_list(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        ["kprobe", "fentry", "syscall"].iter().any(|kind| self.is_word(before, kind))
            || ["[", ","].iter().any(|sign| self.is_sign(before, sign))
    }

    /// `loader`, which stands alone, so that only what is around it makes it certain.
    fn is_loader(&self, at: usize) -> bool {
        let is_end = |at| {
            self.token(at).is_none()
                || self.is_sign(at, "}")
                || self.is_first_on_line(at)
                || self.starts_hook(at)
                || self.starts_policy(at)
        };
        let follows = at.checked_sub(1).is_none_or(|before| self.is_complete(before));
        self.is_word(at, "loader")
            && (follows || at.checked_sub(1).is_some_and(|before| self.is_sign(before, "{")))
            && (is_end(at + 1) || (!self.is_word(at + 1, "loader") && self.starts_setting(at + 1)))
    }

    /// Whether a macro that began at `start` ends before this token. What follows something
    /// incomplete, as in `and mode in [1]`, still belongs to its condition.
    pub(super) fn ends_macro(&self, at: usize, start: usize) -> bool {
        let is_sign = ["{", "}", ";"].iter().any(|sign| self.is_sign(at, sign));
        let follows = at.checked_sub(1).is_some_and(|before| self.is_complete(before));
        (is_sign || follows || self.starts_policy(at)) && self.ends_statement(at, start)
    }

    /// Whether the statement that began at `start` ends before this token. Inside brackets only a
    /// keyword that begins a line ends it: the bracket was forgotten.
    pub(super) fn ends_statement(&self, at: usize, start: usize) -> bool {
        if ["{", "}", ";"].iter().any(|sign| self.is_sign(at, sign)) {
            return true;
        }
        // `mode enforce`, and `enforce on`: their second words are no beginnings.
        let is_second = at == start + 1;
        let begins = self.starts_setting(at) || self.starts_hook(at) || self.starts_policy(at);
        let is_plain = !is_second && begins && self.open_brackets == 0;
        let is_misspelt = self.is_misspelt(at, &super::POLICY_WORDS)
            && self.is_kind(at + 1, TokenKind::Word)
            && self.open_brackets == 0;
        is_plain || is_misspelt || (begins && self.is_first_on_line(at))
    }

    /// What cannot stand inside a hook, at the beginning of a line.
    pub(super) fn starts_outer(&self, at: usize) -> bool {
        self.is_first_on_line(at) && (self.starts_hook(at) || self.starts_policy(at))
    }

    /// A rule or a setting of a hook.
    pub(super) fn starts_rule(&self, at: usize) -> bool {
        let is_reserved = self.is_word(at, "when") || self.is_word(at, "otherwise");
        let has_name = at.checked_sub(2).is_some_and(|rule| self.is_word(rule, "rule"));
        (is_reserved && !has_name)
            || (self.is_word(at, "rule") && self.is_kind(at + 1, TokenKind::Text))
            || (self.is_word(at, "message") && self.is_kind(at + 1, TokenKind::Text))
            || (self.is_word(at, "tags") && self.is_sign(at + 1, "["))
            || self.is_misspelt(at, &["when", "otherwise"])
    }

    /// A word like one of `words` that begins a line after something complete.
    fn is_misspelt(&self, at: usize, words: &[&str]) -> bool {
        const CONTINUES: [&str; 9] =
            ["and", "or", "not", "in", "is", "per", "with", "every", "ignoring"];
        let Some(word) = self.word(at) else { return false };
        self.is_first_on_line(at)
            && !CONTINUES.contains(&word)
            && !words.contains(&word)
            && at.checked_sub(1).is_some_and(|before| self.is_complete(before))
            && did_you_mean(word, words.iter().copied()).is_some()
    }

    /// Whether a statement could end with this token.
    fn is_complete(&self, at: usize) -> bool {
        let joins = ["and", "or", "not", "in"].iter().any(|word| self.is_word(at, word));
        let closes = [")", "]", "}"].iter().any(|sign| self.is_sign(at, sign));
        closes || (!joins && !self.is_kind(at, TokenKind::Sign))
    }

    pub(super) fn is_word(&self, at: usize, word: &str) -> bool {
        self.word(at) == Some(word)
    }

    pub(super) fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.is_kind(at, TokenKind::Sign)
            && self.token(at).is_some_and(|token| token.text(self.text.content) == sign)
    }

    pub(super) fn is_kind(&self, at: usize, kind: TokenKind) -> bool {
        self.token(at).is_some_and(|token| token.kind == kind)
    }

    fn word(&self, at: usize) -> Option<&str> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Word)?;
        Some(token.text(self.text.content))
    }

    fn is_first_on_line(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.is_first_on_line)
    }
}
