//! An open document: its text, and what was found in it.

use std::rc::Rc;

use lsp_types::TextDocumentContentChangeEvent;

use super::finding::Checked;
use super::position::{Encoding, Places};
use crate::parse::Language;
use crate::source::{Lines, SOURCE_MAX};

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// As the client counts.
    pub(super) version: i32,
    pub(super) language: Language,
    text: String,
    lines: Lines,
    /// What is wrong with the text as it is now; `None` while nobody has looked.
    pub(super) checked: Option<Rc<Checked>>,
    /// Whether the client has not been told about this text yet.
    pub(super) is_news: bool,
}

impl Document {
    pub(super) fn new(language: Language, version: i32, text: String) -> Self {
        let lines = Lines::of(&text);
        Self { version, language, text, lines, checked: None, is_news: true }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn places(&self, encoding: Encoding) -> Places<'_> {
        Places { text: &self.text, lines: &self.lines, encoding }
    }

    /// Takes in edits, in the order in which they were made.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        for change in changes {
            match change.range {
                Some(range) => {
                    let places = self.places(encoding);
                    let start = places.offset(range.start);
                    let end = places.offset(range.end).max(start);
                    self.text.replace_range(start..end, &change.text);
                }
                None => self.text = change.text,
            }
            self.lines = Lines::of(&self.text);
        }
        self.version = version;
        self.touch();
    }

    /// Forgets what was found, since the text or the kernels are others now.
    pub(super) fn touch(&mut self) {
        self.checked = None;
        self.is_news = true;
    }

    /// Whether it is worth looking at: YAML of other kinds is not ours to judge, and what is too
    /// large to be read by `writ check` is not read here either.
    pub(super) fn is_policy(&self) -> bool {
        let is_ours = match self.language {
            Language::Writ => true,
            Language::Yaml => {
                memchr::memmem::find(self.text.as_bytes(), b"TracingPolicy").is_some()
            }
        };
        is_ours && self.text.len() <= SOURCE_MAX
    }
}
