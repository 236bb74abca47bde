//! Collects what could stand at a place.

use std::ops::Range;

use super::{Completion, CompletionKind};

/// Proposals for one place.
#[derive(Debug)]
pub(super) struct Offer<'t> {
    /// What stands there up to the cursor.
    start: &'t str,
    /// The bytes that a proposal replaces.
    replaces: Range<usize>,
    list: Vec<Completion>,
}

impl<'t> Offer<'t> {
    /// Proposals that begin with `start` and replace some bytes.
    pub(super) fn new(start: &'t str, replaces: Range<usize>) -> Self {
        Self { start, replaces, list: Vec::new() }
    }

    pub(super) fn start(&self) -> &'t str {
        self.start
    }

    /// Proposes a name that is inserted as it is.
    pub(super) fn add(&mut self, kind: CompletionKind, label: &str) -> &mut Self {
        self.add_as(kind, label, label)
    }

    /// Proposes a name that is inserted in another form, unless it begins otherwise than the text.
    pub(super) fn add_as(&mut self, kind: CompletionKind, label: &str, inserts: &str) -> &mut Self {
        let is_known = self.list.iter().rev().take(64).any(|one| one.label == label);
        if label.starts_with(self.start) && !is_known {
            self.list.push(Completion {
                label: label.to_owned(),
                kind,
                detail: None,
                documentation: None,
                inserts: inserts.to_owned(),
                replaces: self.replaces.clone(),
            });
        }
        self
    }

    /// Says more about the proposal `label`, if it was made last.
    pub(super) fn detail(&mut self, label: &str, detail: impl Into<String>) -> &mut Self {
        if let Some(last) = self.list.last_mut().filter(|last| last.label == label) {
            last.detail = Some(detail.into());
        }
        self
    }

    /// Explains the proposal `label`, if it was made last.
    pub(super) fn document(&mut self, label: &str, text: impl Into<String>) -> &mut Self {
        if let Some(last) = self.list.last_mut().filter(|last| last.label == label) {
            last.documentation = Some(text.into());
        }
        self
    }

    /// Proposes words of an enumeration, with what is known about them.
    pub(super) fn words<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) {
        for word in words {
            self.add(CompletionKind::Word, word);
            if let Some(summary) = super::word_table::summary(word) {
                self.document(word, summary);
            }
        }
    }

    /// Proposes names.
    pub(super) fn names<'w>(
        &mut self,
        kind: CompletionKind,
        names: impl IntoIterator<Item = &'w str>,
    ) {
        for name in names {
            self.add(kind, name);
        }
    }

    pub(super) fn into_list(self) -> Vec<Completion> {
        self.list
    }
}
