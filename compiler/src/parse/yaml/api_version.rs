//! `apiVersion`: Tetragon never looks at it, and a cluster goes by nothing else.

use super::Report;
use super::fields::Fields;
use super::findings::shown;
use crate::diagnostic::{Finding, Fix, TetragonAnswer, code};
use crate::source::Span;

const VERSION: &str = "cilium.io/v1alpha1";

/// Checks the version that a document states.
pub(super) fn check(document: &Fields, report: &mut Report<'_>) {
    let finding = match document.text("apiVersion") {
        Some(version) if version.value == VERSION => return,
        Some(version) => {
            let message = format!("policies are not of version `{}`", shown(&version.value));
            Finding::at(version.span, message)
                .label("not the version of policies")
                .help(format!("write `{VERSION}`"))
                .fix(Fix::safe(format!("write `{VERSION}`")).replace(version.span, VERSION))
        }
        None if document.is_lost("apiVersion") => return,
        None => Finding::at(document.head, "the policy does not say its `apiVersion`")
            .label("`apiVersion` missing")
            .help(format!("add `apiVersion: {VERSION}`"))
            .fix(added(document.head, report.text)),
    };
    let note = "Tetragon takes any, and so would a file that was meant for something else; a \
                Kubernetes API server refuses it";
    report
        .diagnostics
        .add(&code::API_VERSION, finding.note(note).tetragon(TetragonAnswer::Accepts));
}

/// A line before the first key, where that begins a line.
fn added(head: Span, text: &str) -> Option<Fix> {
    let before = text.get(..head.start as usize)?;
    let begins_line = before.is_empty() || before.ends_with('\n');
    let place = Span { end: head.start, ..head };
    begins_line
        .then(|| Fix::safe("say the version").replace(place, format!("apiVersion: {VERSION}\n")))
}
