//! What the server knows: the open documents, the kernels, and how the client counts columns.

use std::collections::BTreeMap;
use std::rc::Rc;

use lsp_types::{PublishDiagnosticsParams, Uri};

use super::convert;
use super::document::Document;
use super::finding::{Checked, Checker};
use super::path;
use super::position::Encoding;

/// The most findings of a document that are told. Nobody reads more, and clients grow slow.
const FINDINGS_MAX: usize = 500;

/// Everything between two messages.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) encoding: Encoding,
    pub(super) checker: Checker,
    /// By the text of their URI.
    documents: BTreeMap<String, (Uri, Document)>,
    /// Why documents could not be checked: what the client has not been told yet.
    pub(super) failures: Vec<String>,
}

impl Session {
    pub(super) fn open(&mut self, uri: Uri, document: Document) {
        self.documents.insert(uri.as_str().to_owned(), (uri, document));
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        self.documents.remove(uri.as_str());
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_str()).map(|(_, document)| document)
    }

    pub(super) fn document_mut(&mut self, uri: &Uri) -> Option<&mut Document> {
        self.documents.get_mut(uri.as_str()).map(|(_, document)| document)
    }

    /// Looks at every document anew, since settings or kernels may be others now.
    pub(super) fn refresh(&mut self) {
        self.checker.cool_down();
        self.documents.values_mut().for_each(|(_, document)| document.touch());
    }

    /// A document with what is wrong with it, which is looked for when that was not done since its
    /// last edit.
    pub(super) fn checked(&mut self, uri: &Uri) -> Option<(&Document, Rc<Checked>)> {
        let (_, document) = self.documents.get_mut(uri.as_str())?;
        if document.checked.is_none() {
            let checked = self.checker.check(&path::of(uri), document);
            self.failures.extend(checked.failure.clone());
            document.checked = Some(Rc::new(checked));
        }
        let checked = Rc::clone(document.checked.as_ref()?);
        Some((document, checked))
    }

    /// What the client has not been told yet.
    pub(super) fn news(&mut self) -> Vec<PublishDiagnosticsParams> {
        let is_news = |(_, document): &&(Uri, Document)| document.is_news;
        let news: Vec<Uri> =
            self.documents.values().filter(is_news).map(|(uri, _)| uri.clone()).collect();
        news.into_iter().filter_map(|uri| self.publish(uri)).collect()
    }

    fn publish(&mut self, uri: Uri) -> Option<PublishDiagnosticsParams> {
        let encoding = self.encoding;
        let (document, checked) = self.checked(&uri)?;
        let places = document.places(encoding);
        let findings = checked.findings.iter().take(FINDINGS_MAX);
        let diagnostics =
            findings.map(|finding| convert::diagnostic(finding, &places, &uri)).collect();
        let version = Some(document.version);
        self.document_mut(&uri)?.is_news = false;
        Some(PublishDiagnosticsParams { uri, diagnostics, version })
    }
}
