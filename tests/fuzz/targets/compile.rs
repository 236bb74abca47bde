//! Any TracingPolicy through every phase: what is accepted must compile to a bundle.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use writ::diagnostic::{Diagnostics, Stop};
use writ::driver;
use writ::engine::LoadBudget;
use writ::kernel::{Profile, embedded};
use writ::parse::{self, Language};
use writ::source::SourceMap;

static KERNEL: LazyLock<Profile> =
    LazyLock::new(|| embedded::profile("6.1").expect("6.1 is embedded").expect("it is whole"));

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let source = sources.add("fuzz.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let policies = parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    let stop = driver::compile(policies.iter(), &KERNEL, LoadBudget::default(), &sources, &mut diagnostics);
    if let Err(Stop::Defect(defect)) = stop {
        panic!("{defect}");
    }
});
