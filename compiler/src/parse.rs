//! The first phase: text to [`Policy`]. Two front ends end in the same type.

pub mod cel;
pub mod dsl;
pub mod yaml;

use crate::diagnostic::Diagnostics;
use crate::policy::Policy;
use crate::source::{SourceId, SourceMap, Span};

/// The language of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `TracingPolicy` documents.
    Yaml,
    /// The Writ language.
    Writ,
}

impl Language {
    /// By the ending of a file's name: `.writ`, or else YAML.
    pub fn of(name: &str) -> Self {
        let is_writ = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "writ");
        if is_writ { Self::Writ } else { Self::Yaml }
    }
}

/// Reads every policy of a source.
///
/// Mistakes go to `diagnostics`. What could be understood is returned all the same, so that later
/// phases find their mistakes in the same run; the caller stops at the gate after them. A hook
/// that was not understood well enough is left out as a whole, so that it causes no findings that
/// would vanish with the first one.
pub fn parse(
    source: SourceId,
    language: Language,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Vec<Policy> {
    match language {
        Language::Yaml => yaml::parse(source, sources, diagnostics),
        Language::Writ => dsl::parse(source, sources, diagnostics),
    }
}

/// Every comment of a source, in order, each from its `#` to the end of its text. What only looks
/// like a comment, in a quoted text or a YAML block, is none.
pub fn comments(source: SourceId, language: Language, sources: &SourceMap) -> Vec<Span> {
    let text = sources.get(source).map_or("", |source| source.text.as_str());
    match language {
        Language::Yaml => yaml::comments(source, text),
        Language::Writ => dsl::comments(source, text),
    }
}
