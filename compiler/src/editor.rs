//! Answers for editors: what stands at a place of a text, and what could stand there.
//!
//! Nothing here does IO or knows a protocol. A question is a text, an offset and the kernels; the
//! command line speaks with editors ([`crate::cli`]). Texts may be unfinished, since that is what
//! they are while somebody types: the place is found from indentation and tokens, never from a
//! successful parse.

mod hook;
pub mod json_schema;
mod kernels;
mod offer;
mod word_table;
mod writ;
mod yaml;

use std::ops::Range;

pub use kernels::Kernels;

use crate::parse::Language;

/// A place in a text.
#[derive(Debug, Clone, Copy)]
pub struct Question<'t> {
    pub text: &'t str,
    pub language: Language,
    /// In bytes, at the beginning of a character.
    pub offset: usize,
}

/// Something that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it is called in the list of all that could.
    pub label: String,
    pub kind: CompletionKind,
    /// A few words beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    pub inserts: String,
    /// The bytes that it replaces.
    pub replaces: Range<usize>,
}

/// What kind of thing is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A key of YAML.
    Key,
    /// A word of an enumeration: an operator, an action, a type.
    Word,
    /// A keyword of the Writ language.
    Keyword,
    Hook,
    Parameter,
    /// A field of a struct.
    Field,
    /// Something that the policy names itself.
    Name,
}

/// What is to be said about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: Range<usize>,
    /// Markdown.
    pub text: String,
}

/// What could stand at the place, the best first. Only what begins as the word that stands there.
pub fn complete(question: &Question<'_>, kernels: &Kernels) -> Vec<Completion> {
    match question.language {
        Language::Yaml => yaml::complete(question, kernels),
        Language::Writ => writ::complete(question, kernels),
    }
}

/// What is to be said about the word at the place.
pub fn hover(question: &Question<'_>, kernels: &Kernels) -> Option<Hover> {
    match question.language {
        Language::Yaml => yaml::hover(question, kernels),
        Language::Writ => writ::hover(question, kernels),
    }
}

/// Where the list, macro or constant is defined whose name stands at the place.
pub fn definition(question: &Question<'_>) -> Option<Range<usize>> {
    match question.language {
        Language::Yaml => yaml::definition(question),
        Language::Writ => writ::definition(question),
    }
}
