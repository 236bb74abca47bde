//! Any policy in the other language: what is printed reads as the same policy, and what becomes a
//! `TracingPolicy` is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::{Diagnostic, Diagnostics, Severity};
use writ::parse::Language;
use writ::policy::{Policy, print};
use writ::{driver, plain};

#[expect(dead_code, reason = "other targets ask more")]
mod shared;

fuzz_target!(|text: &str| {
    for language in [Language::Yaml, Language::Writ] {
        let parsed = shared::parse(text, language);
        if parsed.diagnostics.gate(()).is_ok() {
            parsed.policies.iter().for_each(policy);
        }
    }
});

fn policy(policy: &Policy) {
    let text = print::print(policy);
    let again = shared::parse(&text, Language::Writ);
    let mistakes = errors(&again.diagnostics);
    assert!(mistakes.is_empty(), "{mistakes:#?} in what was printed:\n{text}");
    let again: Vec<Policy> = again.policies.iter().map(Policy::without_spans).collect();
    assert_eq!(again, [policy.without_spans()], "the meaning changed:\n{text}");
    let mut diagnostics = Diagnostics::default();
    let Some(document) = driver::convert(policy, None, &mut diagnostics) else {
        assert!(diagnostics.gate(()).is_err(), "refused without a reason:\n{text}");
        return;
    };
    let yaml = plain::print(&document);
    let read = shared::parse(&yaml, Language::Yaml);
    let mistakes = errors(&read.diagnostics);
    assert!(mistakes.is_empty(), "{mistakes:#?} in what was written:\n{yaml}\nfrom:\n{text}");
}

fn errors(diagnostics: &Diagnostics) -> Vec<&Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect()
}
