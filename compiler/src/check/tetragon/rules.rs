//! The rules, in the order of the catalogue.

use super::target::Target;
use crate::diagnostic::{Code, Diagnostics, Finding, TetragonAnswer, code};
use crate::kernel::Profile;
use crate::policy::Policy;

/// Something that Tetragon refuses, or takes and then does not do as it says.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings.
    pub code: &'static Code,
    /// What Tetragon says.
    pub answer: TetragonAnswer,
    /// Whether this project's engine does the same.
    pub ours: Ours,
    pub(super) check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// Whether this project's engine does as Tetragon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// It does, or says so by itself.
    Same,
    /// It does otherwise.
    Differs,
}

/// What a rule looks at.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) policy: &'a Policy,
    pub(super) target: Target<'a>,
}

/// Where a rule puts its findings.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    rule: &'static Rule,
    kernel: &'a Profile,
    diagnostics: &'a mut Diagnostics,
}

/// Every rule, in the order of the catalogue.
pub static ALL: &[Rule] = &[];

impl<'a> Findings<'a> {
    /// For the findings of `rule` on `kernel`.
    pub(super) fn new(
        rule: &'static Rule,
        kernel: &'a Profile,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self { rule, kernel, diagnostics }
    }

    /// Adds a finding with the rule's code.
    pub(super) fn add(&mut self, finding: Finding) {
        self.diagnostics.add(self.rule.code, finding.tetragon(self.rule.answer));
    }

    /// Adds a finding that another kernel might not have.
    pub(super) fn add_here(&mut self, finding: Finding) {
        let kernel = self.kernel.name().to_owned();
        self.add(finding.on_kernel(kernel));
    }
}

/// Whether this project's engine does otherwise than what a finding with this code says.
pub(in crate::check) fn differs(code: &Code) -> bool {
    ALL.iter().any(|rule| rule.code.id == code.id && rule.ours == Ours::Differs)
}
