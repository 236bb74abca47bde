//! Says that Tetragon cannot read a policy at all, whatever it says.

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::Policy;

/// Adds the finding about a file in the Writ language, of which `first` is the first policy.
pub fn foreign(first: &Policy, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        &code::FOREIGN_LANGUAGE,
        Finding::at(first.name.span, "Tetragon does not read the Writ language")
            .label("of this file Tetragon runs nothing")
            .help("convert it: `writ convert --to yaml` writes a `TracingPolicy`".to_owned())
            .note("what Tetragon would do is said about the YAML alone"),
    );
}
