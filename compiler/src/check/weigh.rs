//! How bad a finding is for the engine that the policy is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Certainty, Diagnostic, Diagnostics, Severity, TetragonAnswer};
use crate::engine::Engine;
use crate::engine::answer_table::{CodeAnswer, answer};
use crate::source::Span;

use super::tetragon::rules;

/// The findings of this project's phases (`ours`) and those that reproduce Tetragon's verdict
/// (`theirs`), as a user of `engine` wants to see them.
///
/// For Tetragon an error means that it refuses the policy or crashes on it. For this project's
/// engine, what Tetragon says is a note.
pub fn together(engine: Engine, ours: Diagnostics, theirs: Diagnostics) -> Diagnostics {
    match engine {
        Engine::Writ => for_writ(ours, theirs),
        Engine::Tetragon(_) => for_tetragon(ours, theirs),
    }
}

/// What Tetragon says where this project's engine does otherwise. Where it refuses the policy too,
/// its own words are enough.
fn for_writ(ours: Diagnostics, theirs: Diagnostics) -> Diagnostics {
    let refused: BTreeSet<Span> = ours
        .iter()
        .filter(|ours| ours.severity == Severity::Error)
        .map(|ours| ours.finding.span)
        .collect();
    let mut together = ours;
    for theirs in theirs.into_sorted() {
        let is_other = rules::differs(theirs.code);
        if is_other && !refused.contains(&theirs.finding.span) {
            together.take(Diagnostic { severity: Severity::Note, ..theirs });
        }
    }
    together
}

fn for_tetragon(ours: Diagnostics, theirs: Diagnostics) -> Diagnostics {
    let mut theirs: Vec<Diagnostic> = theirs.into_sorted().into_iter().map(theirs_alone).collect();
    let mut places: BTreeMap<Span, usize> = BTreeMap::new();
    for (place, diagnostic) in theirs.iter().enumerate() {
        places.entry(diagnostic.finding.span).or_insert(place);
    }
    let mut together = Diagnostics::default();
    for ours in ours.into_sorted() {
        let Some(ours) = ours_alone(ours) else { continue };
        let same = places.get(&ours.finding.span).and_then(|&place| theirs.get_mut(place));
        match same {
            Some(same) if ours.severity <= same.severity => explain(same, ours),
            Some(_) | None if answer(ours.code.id) == CodeAnswer::Explains => {}
            Some(_) | None => together.take(ours),
        }
    }
    for diagnostic in theirs {
        together.take(diagnostic);
    }
    together
}

/// A verdict that rests on what the profile does not know is a warning at most.
fn theirs_alone(mut diagnostic: Diagnostic) -> Diagnostic {
    let refuses = diagnostic.finding.tetragon == Some(TetragonAnswer::Refuses);
    let is_known = diagnostic.finding.certainty != Certainty::Unknown;
    diagnostic.severity = match diagnostic.severity {
        Severity::Error if !refuses || !is_known => Severity::Warning,
        severity @ (Severity::Error | Severity::Warning | Severity::Note) => severity,
    };
    diagnostic
}

/// A finding of this project with the severity that it has for Tetragon; `None` when it says
/// nothing about Tetragon.
fn ours_alone(mut diagnostic: Diagnostic) -> Option<Diagnostic> {
    let by_code = answer(diagnostic.code.id);
    if by_code == CodeAnswer::OnlyOurs {
        return None;
    }
    let refuses = match diagnostic.finding.tetragon {
        Some(TetragonAnswer::Refuses) => true,
        Some(TetragonAnswer::Accepts) => false,
        None => by_code == CodeAnswer::Refuses,
    };
    let says_refused = diagnostic.finding.tetragon == Some(TetragonAnswer::Refuses);
    diagnostic.severity = match diagnostic.severity {
        Severity::Error if !refuses => Severity::Warning,
        _ if says_refused => Severity::Error,
        severity @ (Severity::Error | Severity::Warning | Severity::Note) => severity,
    };
    Some(diagnostic)
}

/// Two findings about one mistake are one: Tetragon's verdict, explained by ours.
fn explain(theirs: &mut Diagnostic, ours: Diagnostic) {
    let finding = &mut theirs.finding;
    for help in ours.finding.help {
        if !finding.help.contains(&help) {
            finding.help.push(help);
        }
    }
    if !finding.notes.contains(&ours.finding.message) && finding.message != ours.finding.message {
        finding.notes.push(ours.finding.message);
    }
    finding.notes.extend(ours.finding.notes);
    finding.fixes.extend(ours.finding.fixes);
}
