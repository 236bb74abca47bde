//! Requests about a place in a document, answered by [`crate::editor`].

use std::rc::Rc;

use lsp_types::{
    CompletionList, CompletionParams, CompletionResponse, DocumentFormattingParams,
    GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverContents, HoverParams, Location,
    TextDocumentPositionParams, TextEdit,
};

use super::convert;
use super::finding::Checked;
use super::position::Places;
use super::session::Session;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::editor::{self, Question};
use crate::parse::{Language, dsl};
use crate::source::SourceMap;

/// The most proposals in one answer; the client asks again when more is typed.
const PROPOSALS_MAX: usize = 200;

pub(super) fn completion(
    session: &mut Session,
    params: &CompletionParams,
) -> Option<CompletionResponse> {
    let asked = ask(session, &params.text_document_position)?;
    let mut found = editor::complete(&asked.question, &asked.checked.kernels);
    let is_incomplete = found.len() > PROPOSALS_MAX;
    found.truncate(PROPOSALS_MAX);
    let items = (0..).zip(found).map(|(rank, one)| convert::completion(one, rank, &asked.places));
    Some(CompletionResponse::List(CompletionList { is_incomplete, items: items.collect() }))
}

/// What stands at the cursor, and the pages of what is wrong there.
pub(super) fn hover(session: &mut Session, params: &HoverParams) -> Option<Hover> {
    let asked = ask(session, &params.text_document_position_params)?;
    let found = editor::hover(&asked.question, &asked.checked.kernels);
    let range = found.as_ref().map(|found| asked.places.range(found.range.clone()));
    let pages = pages(&asked.checked, asked.question.offset);
    let parts: Vec<String> =
        found.map(|found| found.text).into_iter().chain(pages.map(str::to_owned)).collect();
    if parts.is_empty() {
        return None;
    }
    let contents = HoverContents::Markup(convert::markdown(parts.join("\n\n---\n\n")));
    Some(Hover { contents, range })
}

/// The pages of the codes of the findings at an offset, each once.
fn pages(checked: &Checked, offset: usize) -> impl Iterator<Item = &'static str> {
    let is_here = |finding: &&Diagnostic| {
        let span = finding.finding.span.range();
        span.contains(&offset) || span.end == offset
    };
    let findings = checked.findings.iter().filter(is_here);
    let mut pages: Vec<&str> = findings.map(|finding| finding.code.page.trim_end()).collect();
    pages.dedup();
    pages.into_iter()
}

pub(super) fn definition(
    session: &mut Session,
    params: &GotoDefinitionParams,
) -> Option<GotoDefinitionResponse> {
    let position = &params.text_document_position_params;
    let asked = ask(session, position)?;
    let range = asked.places.range(editor::definition(&asked.question)?);
    let location = Location::new(position.text_document.uri.clone(), range);
    Some(GotoDefinitionResponse::Scalar(location))
}

/// The edit that formats a Writ document; none when it has the style already or has mistakes.
pub(super) fn formatting(
    session: &Session,
    params: &DocumentFormattingParams,
) -> Option<Vec<TextEdit>> {
    let document = session.document(&params.text_document.uri)?;
    if document.language != Language::Writ || !document.is_policy() {
        return None;
    }
    let mut sources = SourceMap::default();
    let source = sources.add("", document.text());
    let formatted = dsl::format(source, &sources, &mut Diagnostics::default()).ok()?;
    if formatted == document.text() {
        return Some(Vec::new());
    }
    let whole = document.places(session.encoding).range(0..document.text().len());
    Some(vec![TextEdit::new(whole, formatted)])
}

/// A question about a place, with what is needed to answer it.
struct Asked<'s> {
    question: Question<'s>,
    places: Places<'s>,
    checked: Rc<Checked>,
}

fn ask<'s>(session: &'s mut Session, at: &TextDocumentPositionParams) -> Option<Asked<'s>> {
    let encoding = session.encoding;
    let (document, checked) = session.checked(&at.text_document.uri)?;
    if !document.is_policy() {
        return None;
    }
    let places = document.places(encoding);
    let offset = places.offset(at.position);
    let question = Question { text: document.text(), language: document.language, offset };
    Some(Asked { question, places, checked })
}
