//! Which fixes are made in one run, and the texts that come out.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::source::{SourceId, SourceMap};

/// What one run changes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// New texts, by the place of their source.
    pub(super) texts: Vec<(SourceId, String)>,
    /// How many findings have been mended.
    pub(super) made: usize,
    /// How many fixes are left for the next run, since they touch what another one changes.
    pub(super) postponed: usize,
}

impl Plan {
    /// The first permitted fix of each finding, in the order of the text, unless it touches an
    /// earlier one: after that one it might be another fix, or none.
    pub(super) fn of(findings: &[Diagnostic], sources: &SourceMap, permitted: Safety) -> Self {
        let mut plan = Self::default();
        let mut chosen: BTreeMap<SourceId, BTreeMap<(u32, u32), Edit>> = BTreeMap::new();
        for diagnostic in findings {
            let mut fixes = diagnostic.finding.fixes.iter().filter(|fix| fix.safety <= permitted);
            let Some(edits) = fixes.find_map(|fix| fix.edits_in(sources)) else { continue };
            let others = |edit: &Edit| chosen.get(&edit.span.source);
            let is_made =
                |edit: &Edit| others(edit)?.get(&place(edit)).filter(|made| *made == edit);
            if edits.iter().all(|edit| is_made(edit).is_some()) {
                // Two findings with one cause.
                plan.made += 1;
            } else if edits
                .iter()
                .any(|edit| others(edit).is_some_and(|made| touches(edit, made, sources)))
            {
                plan.postponed += 1;
            } else {
                plan.made += 1;
                for edit in edits {
                    chosen.entry(edit.span.source).or_default().insert(place(&edit), edit);
                }
            }
        }
        plan.texts = chosen
            .into_iter()
            .filter_map(|(source, edits)| {
                Some((source, edited(&sources.get(source)?.text, edits.into_values())))
            })
            .collect();
        plan
    }

    /// `3 fixes applied in 2 files; …`.
    pub(super) fn words(&self, done: &str) -> String {
        words(self.made, self.texts.len(), self.postponed, done)
    }
}

/// `3 fixes applied in 2 files; …`.
pub(super) fn words(made: usize, files: usize, postponed: usize, done: &str) -> String {
    let count = |count: usize, word: &str, plural: &str| {
        format!("{count} {}", if count == 1 { word } else { plural })
    };
    let mut text =
        format!("{} {done} in {}", count(made, "fix", "fixes"), count(files, "file", "files"));
    if postponed > 0 {
        text.push_str("; ");
        text.push_str(&count(postponed, "other waits", "others wait"));
        text.push_str(" for another run, since the same text is touched");
    }
    text
}

fn place(edit: &Edit) -> (u32, u32) {
    (edit.span.start, edit.span.end)
}

/// Whether nothing but blanks and comments stands between an edit and one of `others`, which do not
/// overlap. Two neighbours that are both taken out of a list might be all that it has.
fn touches(edit: &Edit, others: &BTreeMap<(u32, u32), Edit>, sources: &SourceMap) -> bool {
    let text = sources.get(edit.span.source).map_or("", |source| source.text.as_str());
    // What stands between it and a farther one holds a nearer one, so it is not nothing.
    let before = others.range(..place(edit)).next_back();
    let after = others.range(place(edit)..).next();
    before.into_iter().chain(after).any(|(_, other)| {
        let (first, second) =
            if other.span.start <= edit.span.start { (other, edit) } else { (edit, other) };
        let removes = |edit: &Edit| edit.replacement.is_empty();
        let between = text.get(first.span.end as usize..second.span.start as usize);
        match between {
            None | Some("") => true,
            Some(between) => removes(first) && removes(second) && is_nothing(between),
        }
    })
}

fn is_nothing(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// `text` after `edits`, which are in order and do not overlap.
fn edited(text: &str, edits: impl Iterator<Item = Edit>) -> String {
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        new.push_str(text.get(at..edit.span.start as usize).unwrap_or_default());
        new.push_str(&edit.replacement);
        at = edit.span.end as usize;
    }
    new.push_str(text.get(at..).unwrap_or_default());
    new
}

#[cfg(test)]
mod tests;
