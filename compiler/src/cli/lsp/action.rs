//! Quick fixes: the fixes of the findings under the cursor, and comments that suppress them.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, TextEdit, Uri, WorkspaceEdit,
};

use super::convert;
use super::finding::Checked;
use super::position::Places;
use super::session::Session;
use crate::diagnostic::{Diagnostic, Fix, Safety, Severity};

/// What can be done about the findings in a range.
pub(super) fn actions(
    session: &mut Session,
    params: &CodeActionParams,
) -> Vec<CodeActionOrCommand> {
    let uri = &params.text_document.uri;
    let encoding = session.encoding;
    let Some((document, checked)) = session.checked(uri) else { return Vec::new() };
    let places = document.places(encoding);
    let (start, end) = (places.offset(params.range.start), places.offset(params.range.end));
    let is_here = |finding: &&Diagnostic| {
        let span = finding.finding.span.range();
        span.start <= end && start <= span.end
    };
    let here: Vec<&Diagnostic> = checked.findings.iter().filter(is_here).collect();
    let fixes = here.iter().flat_map(|finding| fixes(finding, &checked, &places, uri));
    let suppressions = here.iter().filter_map(|finding| suppression(finding, &places, uri));
    fixes.chain(suppressions).map(CodeActionOrCommand::CodeAction).collect()
}

fn fixes(
    diagnostic: &Diagnostic,
    checked: &Checked,
    places: &Places<'_>,
    uri: &Uri,
) -> Vec<CodeAction> {
    let fixes = diagnostic.finding.fixes.iter();
    let edited = fixes.filter_map(|fix| Some((fix, edits(fix, checked, places)?)));
    let actions = edited.map(|(fix, edits)| CodeAction {
        title: fix.title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![convert::diagnostic(diagnostic, places, uri)]),
        edit: Some(edit(uri, edits)),
        is_preferred: Some(fix.safety == Safety::Safe),
        ..CodeAction::default()
    });
    actions.collect()
}

/// A comment above the line of a finding, with room for the reason. An error that stops a
/// compilation cannot be suppressed.
fn suppression(diagnostic: &Diagnostic, places: &Places<'_>, uri: &Uri) -> Option<CodeAction> {
    if diagnostic.severity == Severity::Error {
        return None;
    }
    let name = diagnostic.code.name;
    let start = places.lines.start(places.lines.number(diagnostic.finding.span.range().start));
    let line = places.text.get(start..)?;
    let indent = line.get(..line.len() - line.trim_start_matches(' ').len())?;
    let comment = format!("{indent}# writ: allow({name}): say why this is no mistake\n");
    Some(CodeAction {
        title: format!("allow `{name}` here"),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![convert::diagnostic(diagnostic, places, uri)]),
        edit: Some(edit(uri, vec![TextEdit::new(places.range(start..start), comment)])),
        ..CodeAction::default()
    })
}

fn edits(fix: &Fix, checked: &Checked, places: &Places<'_>) -> Option<Vec<TextEdit>> {
    let edits = fix.edits_in(&checked.sources)?.into_iter();
    Some(
        edits
            .map(|edit| TextEdit::new(places.range(edit.span.range()), edit.replacement))
            .collect(),
    )
}

fn edit(uri: &Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit::new(HashMap::from([(uri.clone(), edits)]))
}
