//! The Writ language in an editor.

mod complete;
mod header;
mod scan;

use std::ops::Range;

pub(super) use complete::complete;

use super::hook;
use super::{Hover, Kernels, Question, word_table};
use header::Header;
use scan::{Block, Scan};

/// What is to be said about a hook, an argument or a word of the language.
pub(super) fn hover(question: &Question<'_>, kernels: &Kernels) -> Option<Hover> {
    let scan = Scan::up_to(question.text, question.offset);
    let word = scan.word()?;
    let range = word.range.clone();
    let text = describe(&scan, question.text, kernels)?;
    Some(Hover { range, text })
}

fn describe(scan: &Scan<'_>, text: &str, kernels: &Kernels) -> Option<String> {
    let word = scan.word()?.text(text);
    if let Some(header) = header_around(scan, text) {
        let name = word.trim_matches('"');
        if scan.block == Block::Policy && header.names.contains(&name) {
            return hook::describe(&header.hook(name)?, kernels);
        }
        if let Some(argument) = header.arguments.iter().find(|one| one.name == word) {
            return describe_argument(&header, argument, kernels);
        }
    }
    word_table::summary(word).map(|summary| format!("`{word}`: {summary}"))
}

/// The parameter of the kernel behind an argument, on each kernel that has it.
fn describe_argument(
    header: &Header<'_>,
    argument: &header::Argument<'_>,
    kernels: &Kernels,
) -> Option<String> {
    let hook = header.hook(header.names.first()?)?;
    let found = match argument.place {
        Some(index) => {
            hook::common_places(&hook, kernels).into_iter().find(|one| one.index == index)
        }
        None => {
            hook::common_names(&hook, kernels).into_iter().find(|one| one.name == argument.name)
        }
    };
    Some(format!("```c\n{}\n```", found?.text))
}

/// The header that the place stands in or whose rules it stands in, read to its end.
fn header_around<'t>(scan: &Scan<'t>, text: &'t str) -> Option<Header<'t>> {
    let start = scan.header?;
    Header::read(scan.tokens.get(start..)?, text)
}

/// Where the constant, list or argument is declared whose name stands at the place.
pub(super) fn definition(question: &Question<'_>) -> Option<Range<usize>> {
    let text = question.text;
    let scan = Scan::up_to(text, question.offset);
    let word = scan.word()?.text(text);
    if let Some(header) = header_around(&scan, text)
        && let Some(argument) = header.arguments.iter().find(|one| one.name == word)
    {
        return Some(argument.range.clone());
    }
    let declared = scan.declared().find(|name| name.text(text) == word)?;
    Some(declared.range.clone())
}
