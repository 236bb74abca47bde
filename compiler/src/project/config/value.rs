//! Values of `writ.toml`: each with its place, and each of the type that is wanted.

use std::ops::Range;

use toml::Spanned as TomlSpanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::read::type_word;
use crate::diagnostic::{Diagnostics, Finding, code, did_you_mean};
use crate::engine::Engine;
use crate::source::{Source, SourceId, Span, Spanned};

/// Where mistakes are collected.
pub(super) struct Reader<'a> {
    pub(super) source: SourceId,
    pub(super) found: &'a Source,
    /// The engine that the file names.
    pub(super) engine: Engine,
    /// Lines that are not TOML, first and last. The values that were guessed for them are not judged.
    pub(super) broken: Vec<(usize, usize)>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

/// A value and its key. An item of a list has the key of the list.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Span,
    pub(super) content: &'t DeValue<'t>,
    pub(super) span: Span,
}

impl Reader<'_> {
    pub(super) fn value<'t>(
        &self,
        key: &'t TomlSpanned<DeString<'t>>,
        value: &'t TomlSpanned<DeValue<'t>>,
    ) -> Value<'t> {
        Value {
            key: key.get_ref(),
            key_span: self.span(key.span()),
            content: value.get_ref(),
            span: self.span(value.span()),
        }
    }

    pub(super) fn table<'t>(&mut self, value: Value<'t>, wanted: &str) -> Option<&'t DeTable<'t>> {
        self.typed(value, value.content.as_table(), wanted)
    }

    /// The items of a list.
    pub(super) fn list<'t>(&mut self, value: Value<'t>, wanted: &str) -> Option<Vec<Value<'t>>> {
        let list: &DeArray<'t> = self.typed(value, value.content.as_array(), wanted)?;
        let item = |item: &'t TomlSpanned<DeValue<'t>>| Value {
            content: item.get_ref(),
            span: self.span(item.span()),
            ..value
        };
        Some(list.iter().map(item).collect())
    }

    pub(super) fn text(&mut self, value: Value<'_>, wanted: &str) -> Option<Spanned<String>> {
        let text = self.typed(value, value.content.as_str(), wanted)?;
        Some(Spanned::new(text.to_owned(), value.span))
    }

    /// The texts of a list that is not empty.
    pub(super) fn texts(&mut self, value: Value<'_>, what: &str) -> Option<Vec<Spanned<String>>> {
        let items = self.list(value, &format!("a list of {what}"))?;
        if items.is_empty() {
            let help = format!("name some {what}, or take the line out");
            self.wrong(value.span, format!("`{}` is an empty list", value.key), help);
            return None;
        }
        let texts: Vec<_> = items.iter().map(|&item| self.text(item, "a text")).collect();
        texts.into_iter().collect()
    }

    /// A text that is one of `legal`.
    pub(super) fn word(&mut self, value: Value<'_>, legal: &[&str]) -> Option<Spanned<String>> {
        let all: Vec<String> = legal.iter().map(|word| format!("`\"{word}\"`")).collect();
        let all = all.join(", ");
        let text = self.text(value, &format!("one of {all}"))?;
        if legal.contains(&text.value.as_str()) {
            return Some(text);
        }
        let help = did_you_mean(&text.value, legal.iter().copied())
            .unwrap_or_else(|| format!("it can be {all}"));
        self.wrong(text.span, format!("`{}` cannot be `{}`", value.key, text.value), help);
        None
    }

    pub(super) fn truth(&mut self, value: Value<'_>) -> Option<bool> {
        self.typed(value, value.content.as_bool(), "`true` or `false`")
    }

    /// A whole number that `T` can hold.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, value: Value<'_>) -> Option<T> {
        let number = self.typed(value, value.content.as_integer(), "a whole number")?;
        let parsed = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let fits = parsed.and_then(|number| T::try_from(number).ok());
        if fits.is_none() {
            let help = "write a number from 0 to 4294967295".to_owned();
            self.wrong(value.span, format!("`{}` cannot be {number}", value.key), help);
        }
        fits
    }

    /// Reports a value that the setting cannot have.
    pub(super) fn wrong(&mut self, span: Span, message: String, help: String) {
        if !self.is_broken(span) {
            wrong(Finding::at(span, message).help(help), self.diagnostics);
        }
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    fn typed<T>(&mut self, value: Value<'_>, typed: Option<T>, wanted: &str) -> Option<T> {
        if typed.is_none() {
            let is = type_word(value.content);
            self.wrong(
                value.span,
                format!("`{}` cannot be {is}", value.key),
                format!("write {wanted}"),
            );
        }
        typed
    }

    fn is_broken(&self, span: Span) -> bool {
        let line = self.found.lines.number(span.start as usize);
        self.broken.iter().any(|&(first, last)| (first..=last).contains(&line))
    }
}

/// Adds the finding about a value.
pub(super) fn wrong(finding: Finding, diagnostics: &mut Diagnostics) {
    diagnostics.error(&code::SETTING_VALUE, finding);
}
