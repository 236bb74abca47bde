//! Any bytes as a TracingPolicy document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::Diagnostics;
use writ::parse::{self, Language};
use writ::source::SourceMap;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz.yaml", text);
    let mut diagnostics = Diagnostics::default();
    parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    for diagnostic in diagnostics.iter() {
        assert!(text.get(diagnostic.finding.span.range()).is_some(), "a span does not fit");
    }
});
