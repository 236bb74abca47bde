//! Where each obstacle to a conversion becomes a finding.

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::source::Span;

/// A part of a policy that TracingPolicy has no form for.
pub(super) fn no_form(diagnostics: &mut Diagnostics, span: Span, message: &str, help: &str) {
    let finding = Finding::at(span, message.to_owned())
        .label("TracingPolicy cannot say this")
        .help(help.to_owned());
    diagnostics.add(&code::NO_YAML_FORM, finding);
}

/// A name whose index is not known.
pub(super) fn unnumbered(diagnostics: &mut Diagnostics, span: Span, name: &str, help: String) {
    let finding = Finding::at(span, format!("nothing tells the index of `{name}`"))
        .label("TracingPolicy needs its index")
        .help(help);
    diagnostics.add(&code::UNNUMBERED_NAME, finding);
}

/// More than Tetragon takes.
pub(super) fn beyond(diagnostics: &mut Diagnostics, span: Span, message: String, help: &str) {
    let finding = Finding::at(span, message)
        .label("Tetragon does not take this")
        .help(help.to_owned())
        .note("the writ engine has no such limit");
    diagnostics.add(&code::BEYOND_TETRAGON, finding);
}

/// A condition that would become more selectors than anybody can read.
pub(super) fn too_many(diagnostics: &mut Diagnostics, span: Span, most: usize) {
    let finding = Finding::at(span, format!("this rule becomes more than {most} selectors"))
        .label("`or` in `and` multiplies")
        .help("write a list in place of `or`, or several rules".to_owned())
        .note("a selector joins its conditions by `and` only");
    diagnostics.add(&code::TOO_MANY_SELECTORS, finding);
}
