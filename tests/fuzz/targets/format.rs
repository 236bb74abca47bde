//! Any text in the Writ language is laid out once: a second time changes nothing, and it says the
//! same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::{Diagnostics, Stop};
use writ::parse::{Language, dsl};
use writ::policy::Policy;
use writ::source::SourceMap;

#[expect(dead_code, reason = "other targets ask more")]
mod shared;

fuzz_target!(|text: &str| {
    let Some(once) = format(text) else { return };
    assert_eq!(meaning(&once), meaning(text), "the meaning changed:\n{once}");
    assert_eq!(format(&once).as_deref(), Some(once.as_str()), "not laid out at once");
});

/// `None` when the text has mistakes.
fn format(text: &str) -> Option<String> {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz.writ", text);
    match dsl::format(source, &sources, &mut Diagnostics::default()) {
        Ok(formatted) => Some(formatted),
        Err(Stop::Reported(_)) => None,
        Err(Stop::Defect(defect)) => panic!("{defect}"),
    }
}

fn meaning(text: &str) -> Vec<Policy> {
    let parsed = shared::parse(text, Language::Writ);
    parsed.policies.iter().map(Policy::without_spans).collect()
}
