//! The Writ language in its one style: text to text, comments kept.
//!
//! ```text
//!  text ─lexeme→ lexemes with comments ─block→ statements ─space, layout→ lines
//! ```
//!
//! The layout looks at tokens and at the outline of blocks, not at the grammar: what the language
//! gains needs no new rule here as long as it is written with the same signs.

mod block;
mod layout;
mod lexeme;
mod space;
#[cfg(test)]
mod tests;

use super::{Text, outline};
use crate::diagnostic::{Defect, Diagnostics, Stop};
use crate::policy::Policy;
use crate::source::{SourceId, SourceMap};

/// The most columns of a line, as long as it can be broken.
const WIDTH: usize = 100;

/// The text of a source in the one style of the language. Formatting it again changes nothing, and
/// it says the same as before.
///
/// # Errors
///
/// When the text has mistakes, which go to `diagnostics`; also if the result would not say the same,
/// which would be a defect.
pub fn format(
    source: SourceId,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Result<String, Stop> {
    let content = sources.get(source).map_or("", |source| source.text.as_str());
    let _: Vec<Policy> = super::parse(source, sources, diagnostics);
    diagnostics.gate(())?;
    let mut text = Text::new(source, content, diagnostics);
    let policies = outline::outline(&mut text);
    let (lexemes, rest) = lexeme::lexemes(content, &text.tokens);
    let meant = meaning(content);
    // A keyword that begins a line ends what is open before it. So where an argument has a keyword's
    // name, as in `(file, mode: int)`, a statement may have to stay on one line.
    for width in [WIDTH, usize::MAX] {
        let formatted = block::file(&policies, &lexemes, &rest, width);
        if meaning(&formatted) == meant {
            return Ok(formatted);
        }
    }
    Err(Defect("formatting would change what the policy says".into()).into())
}

/// What a text says; `None` when it has mistakes.
fn meaning(text: &str) -> Option<Vec<Policy>> {
    let mut sources = SourceMap::default();
    let source = sources.add("", text);
    let mut diagnostics = Diagnostics::default();
    let policies = super::parse(source, &sources, &mut diagnostics);
    diagnostics.gate(policies.iter().map(Policy::without_spans).collect()).ok()
}
