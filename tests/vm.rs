//! Behaviour on real kernels: each scenario's policy is compiled, loaded and seen to act.
//!
//! `tests/vm/scenarios/<name>/` holds `policy.yaml` or `policy.writ`, `guest.sh` that runs in the
//! guest while the bundle is attached, and `expect.yaml`. One boot runs all scenarios.
//!
//! Without QEMU or kernels nothing is proved, and the test says so; with `WRIT_VM=require`, as in
//! CI, that is a failure.

mod expectation;
mod guest;

use std::path::Path;

use writ::kernel::Profile;

use crate::files;
use expectation::Expectation;
use guest::{Boot, Results};

/// Which kernels are booted, with which LSM list, and for which profile bundles are compiled.
const BOOTS: &[Boot] = &[
    Boot { kernel: "5.10", lsms: guest::LSMS_WITHOUT_BPF, profile: "5.10" },
    Boot { kernel: "5.10", lsms: guest::LSMS, profile: "5.10+lsm=bpf" },
    Boot { kernel: "6.1", lsms: guest::LSMS, profile: "6.1" },
    Boot { kernel: "6.12", lsms: guest::LSMS, profile: "6.12" },
    Boot { kernel: "7.2", lsms: guest::LSMS, profile: "7.2" },
];

#[test]
fn policies_act_on_real_kernels() {
    if let Err(missing) = guest::prepare() {
        assert!(std::env::var("WRIT_VM").as_deref() != Ok("require"), "{missing}");
        eprintln!("SKIPPED: no behaviour on real kernels was proved: {missing}");
        return;
    }
    let scenarios = Expectation::all();
    assert!(!scenarios.is_empty());
    let only = std::env::var("WRIT_VM_KERNEL").ok();
    let mut wrong = Vec::new();
    for boot in BOOTS {
        if only.as_deref().is_some_and(|only| only != boot.profile) {
            continue;
        }
        let results = run(boot, &scenarios);
        for scenario in &scenarios {
            for problem in scenario.problems(&results) {
                wrong.push(format!("{}: {}: {problem}", boot.profile, scenario.name));
            }
        }
        eprintln!("{}: {} scenarios", boot.profile, scenarios.len());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn run(boot: &Boot, scenarios: &[Expectation]) -> Results {
    let profile = guest::profile(boot);
    let payload = guest::payload(boot);
    for scenario in scenarios {
        let bundle = payload.join(format!("{}.bpf.o", scenario.name));
        std::fs::write(bundle, compile(scenario, &profile)).unwrap();
    }
    guest::boot(boot, &payload)
}

fn compile(scenario: &Expectation, profile: &Profile) -> Vec<u8> {
    let file = scenario.policy();
    let shown = file.strip_prefix(files::top()).unwrap_or(&file).display().to_string();
    let run = crate::cases::compile_for(&shown, &files::text(&file), profile);
    let Some(compiled) = run.compiled else {
        panic!(
            "{}: {} is refused:\n{}",
            profile.name(),
            Path::new(&shown).display(),
            run.diagnostics
        );
    };
    compiled.bundle
}
