//! Where comments are: between two tokens, from a `#`.

use super::token;
use crate::source::{SourceId, Span};

/// Every comment of a text in the Writ language.
pub fn comments(source: SourceId, text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    let end = text.len()..text.len();
    for next in token::tokens(text).into_iter().map(|token| token.range).chain(std::iter::once(end))
    {
        let gap = text.get(at..next.start).unwrap_or("");
        for line in gap.split_inclusive('\n') {
            if let Some(begin) = line.find('#') {
                let comment = line.get(begin..).unwrap_or("").trim_end();
                comments.push(Span::new(source, at + begin..at + begin + comment.len()));
            }
            at += line.len();
        }
        at = next.end;
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn only_what_stands_between_tokens_is_a_comment() {
        let text = "# one\npolicy \"# no\" {\n  #1 == 2 # two  \n  \"\\\" # no\" #three\n}\n# four";
        let mut sources = SourceMap::default();
        let source = sources.add("policy.writ", text);
        let found: Vec<&str> =
            comments(source, text).into_iter().map(|comment| sources.slice(comment)).collect();
        assert_eq!(found, ["# one", "# two", "#three", "# four"]);
    }
}
