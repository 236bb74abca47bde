//! Any bytes in the Writ language; what is understood survives printing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::Diagnostics;
use writ::parse::{self, Language};
use writ::source::SourceMap;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz.writ", text);
    let mut diagnostics = Diagnostics::default();
    parse::parse(source, Language::Writ, &sources, &mut diagnostics);
    for diagnostic in diagnostics.iter() {
        assert!(text.get(diagnostic.finding.span.range()).is_some(), "a span does not fit");
    }
});
