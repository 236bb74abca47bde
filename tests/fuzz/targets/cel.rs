//! Any text as an expression of the Common Expression Language.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::Diagnostics;
use writ::parse::cel;
use writ::source::{SourceMap, Span, Spanned};

#[expect(dead_code, reason = "other targets ask more")]
mod shared;

fuzz_target!(|text: &str| {
    for written in [text.to_owned(), format!("\"{text}\""), format!("{text:?}")] {
        let mut sources = SourceMap::default();
        let source = sources.add("fuzz", written.as_str());
        let spanned = Spanned::new(text.to_owned(), Span::new(source, 0..written.len()));
        let mut diagnostics = Diagnostics::default();
        let read = cel::parse(&spanned, &written, &mut diagnostics);
        assert_eq!(read.is_none(), !diagnostics.is_empty(), "refused without a reason, or with one");
        shared::places(diagnostics.iter(), &sources);
    }
});
