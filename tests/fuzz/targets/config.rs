//! Any text as `writ.toml`, as a baseline, and as comments that suppress.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::Diagnostics;
use writ::parse::{self, Language};
use writ::project::{Baseline, Date, config, suppress, suppression};
use writ::source::SourceMap;

#[expect(dead_code, reason = "other targets ask more")]
mod shared;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz", text);
    let mut own = Diagnostics::default();
    let config = config::read(source, &sources, &mut own);
    for path in ["", "a.yaml", "/a/b.yaml", text] {
        let _ = config.at(path);
    }
    let baseline = Baseline::read(source, &sources, &mut own);
    let file = |_| "fuzz".to_owned();
    for language in [Language::Yaml, Language::Writ] {
        let mut diagnostics = Diagnostics::default();
        parse::parse(source, language, &sources, &mut diagnostics);
        let comments = parse::comments(source, language, &sources);
        let suppressions = suppression::read(&comments, &sources, &mut own);
        let today = Date::parse("2026-02-28");
        let findings = diagnostics.into_sorted();
        let shown = suppress(findings, &suppressions, today, &mut own).shown;
        let known = Baseline::of(&shown, file, &sources);
        let searched = BTreeSet::from(["fuzz".to_owned()]);
        let mut none = Diagnostics::default();
        let compared = known.compare(shown.clone(), file, &searched, &sources, &mut none);
        assert!(compared.shown.is_empty() && none.is_empty(), "a baseline forgets");
        baseline.compare(shown, file, &searched, &sources, &mut own);
    }
    let own = own.into_sorted();
    shared::places(own.iter(), &sources);
    shared::render(&own, &sources);
});
