//! Any text through every check for both engines; the findings in every form, and their fixes made.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::Diagnostic;
use writ::driver;
use writ::engine::LoadBudget;
use writ::kernel::{Profile, embedded};
use writ::parse::Language;

mod shared;

static KERNELS: LazyLock<[Profile; 2]> = LazyLock::new(|| {
    ["5.10", "6.12"].map(|name| embedded::profile(name).expect("embedded").expect("it is whole"))
});

fuzz_target!(|text: &str| {
    for language in [Language::Yaml, Language::Writ] {
        for diagnostic in check(text, language) {
            assert!(!diagnostic.finding.message.is_empty(), "a finding says nothing");
        }
    }
});

fn check(text: &str, language: Language) -> Vec<Diagnostic> {
    let mut parsed = shared::parse(text, language);
    let policies = &parsed.policies;
    let mut findings = Vec::new();
    for engine in shared::engines() {
        for kernel in &*KERNELS {
            let ours = driver::check(policies.iter(), kernel, LoadBudget::default());
            let yaml = policies.iter().filter(|_| language == Language::Yaml);
            findings.extend(driver::check_tetragon(engine, yaml, kernel, ours).into_sorted());
        }
        let across = driver::check_across(engine, policies.iter(), &*KERNELS);
        findings.extend(across.into_sorted());
    }
    findings.extend(std::mem::take(&mut parsed.diagnostics).into_sorted());
    shared::places(findings.iter(), &parsed.sources);
    shared::render(&findings, &parsed.sources);
    mend(&findings, &parsed, language);
    findings
}

/// Each fix, made alone, leaves a text that can be read.
fn mend(findings: &[Diagnostic], parsed: &shared::Parsed, language: Language) {
    let text = parsed.sources.get(parsed.source).map_or("", |source| source.text.as_str());
    for fix in findings.iter().flat_map(|diagnostic| &diagnostic.finding.fixes).take(8) {
        let Some(edits) = fix.edits_in(&parsed.sources) else { continue };
        let mut mended = text.to_owned();
        for edit in edits.iter().rev() {
            mended.replace_range(edit.span.range(), &edit.replacement);
        }
        shared::parse(&mended, language);
    }
}
