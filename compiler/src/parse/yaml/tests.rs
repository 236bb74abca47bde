//! The YAML front end as a whole: what is underlined, what is left out, what a policy becomes.

mod corpus;
mod documents;
mod everything;
mod hostile;
mod mistakes;
mod pages;
mod policies;
mod whole;

use super::parse;
use crate::diagnostic::{Diagnostics, Severity};
use crate::policy::Policy;
use crate::source::SourceMap;

/// What reading a text gives.
struct Outcome {
    sources: SourceMap,
    policies: Vec<Policy>,
    diagnostics: Diagnostics,
}

fn read(text: &str) -> Outcome {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let policies = parse(source, &sources, &mut diagnostics);
    Outcome { sources, policies, diagnostics }
}

impl Outcome {
    /// Code and underlined text of each finding, ordered by place.
    fn findings(&self) -> Vec<(&'static str, String)> {
        self.diagnostics
            .clone()
            .into_sorted()
            .iter()
            .map(|one| (one.code.id, self.sources.slice(one.finding.span).to_owned()))
            .collect()
    }

    fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|one| one.severity == Severity::Error).count()
    }
}

/// A policy with this `spec`, which is indented by two.
fn with_spec(spec: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p\nspec:\n{spec}\n"
    )
}

/// A policy with one kprobe on `f`, and these lines in it, indented by four.
fn with_kprobe(lines: &str) -> String {
    with_spec(&format!("  kprobes:\n  - call: f\n    syscall: false\n{lines}"))
}
