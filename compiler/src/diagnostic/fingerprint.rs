//! By what a finding is known again in a later run, when the lines around it have moved.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use super::Diagnostic;
use crate::source::{SourceMap, Span};

/// 32 hexadecimal digits. It does not depend on the number of the line, on messages, or on what
/// stands in other lines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(parts: &[&str]) -> Self {
        let mut bytes = Vec::new();
        for part in parts {
            // With its length before it, no part can pass for two.
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        let digest = writ_bundle::digest(&bytes);
        let digits = digest.trim_start_matches("sha256:");
        Self(digits.get(..DIGITS).unwrap_or(digits).to_owned())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const DIGITS: usize = 32;

/// How much of a line counts on either side of a finding, in bytes. A line can be as long as a file.
const CONTEXT_MAX: usize = 200;

/// What was found: the code, the text that is underlined, and the line in which it begins. The same
/// mistake in the same line has this fingerprint wherever that line is.
pub fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> Fingerprint {
    let span = diagnostic.finding.span;
    let underlined = first_line(sources.slice(span), 2 * CONTEXT_MAX);
    Fingerprint::of(&[diagnostic.code.id, &one_blank(underlined), &one_blank(line(span, sources))])
}

/// One fingerprint for each of `diagnostics`, in their order and no two the same, as reports want
/// them: [`of`], the name of the file, and how many before it are alike. The name of a file should be
/// its path in the repository; a `./` before it makes no difference.
pub fn distinct(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<Fingerprint> {
    let mut seen: BTreeMap<(&str, Fingerprint), usize> = BTreeMap::new();
    let mut list = Vec::new();
    for diagnostic in diagnostics {
        let source = sources.get(diagnostic.finding.span.source);
        let file = source.map_or("", |source| source.name.trim_start_matches("./"));
        let what = of(diagnostic, sources);
        let count = seen.entry((file, what.clone())).or_default();
        list.push(Fingerprint::of(&[file, what.as_str(), &count.to_string()]));
        *count += 1;
    }
    list
}

/// The line in which `span` begins, or of a very long line what is near.
fn line(span: Span, sources: &SourceMap) -> &str {
    let Some(source) = sources.get(span.source) else { return "" };
    let text = source.text.as_str();
    let at = text.floor_char_boundary(span.start as usize);
    let begin = source.lines.start(source.lines.number(at));
    let begin = text.ceil_char_boundary(begin.max(at.saturating_sub(CONTEXT_MAX)));
    let end = text.floor_char_boundary(at.saturating_add(2 * CONTEXT_MAX));
    let tail = first_line(text.get(at..end).unwrap_or(""), 2 * CONTEXT_MAX);
    text.get(begin..at + tail.len()).unwrap_or("")
}

fn first_line(text: &str, most: usize) -> &str {
    let text = text.get(..text.floor_char_boundary(most)).unwrap_or(text);
    text.lines().next().unwrap_or("")
}

/// Every run of blanks as one, so that a new indentation changes nothing.
fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
