//! Behaviour on real kernels: each scenario's policy is compiled, loaded and seen to act.
//!
//! `tests/vm/scenarios/<name>/` holds `policy.yaml` or `policy.writ`, `guest.sh` that runs in the
//! guest while the bundle is attached, and `expect.yaml`. One boot runs all scenarios, and those
//! whose functions can be hooked by kprobes in place of fentry once more in that way.
//!
//! Without QEMU or kernels nothing is proved, and the test says so; with `WRIT_VM=require`, as in
//! CI, that is a failure.

mod bpftool;
mod expectation;
mod guest;

use std::path::Path;

use writ::driver::Compiled;
use writ::kernel::Profile;
use writ_bundle::Attach;

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
    let bpftool = bpftool::place();
    if bpftool.is_none() {
        assert!(std::env::var("WRIT_VM").as_deref() != Ok("require"), "no bpftool is installed");
        eprintln!("SKIPPED: that bpftool loads bundles was not proved: it is not installed");
    }
    let mut scenarios = Expectation::all();
    if let Ok(only) = std::env::var("WRIT_VM_SCENARIO") {
        scenarios.retain(|scenario| only.split(',').any(|only| only == scenario.name));
    }
    assert!(!scenarios.is_empty());
    let only = std::env::var("WRIT_VM_KERNEL").ok();
    let mut wrong = Vec::new();
    for boot in BOOTS {
        if only.as_deref().is_some_and(|only| only != boot.profile) {
            continue;
        }
        let (runs, results) = run(boot, &scenarios, bpftool);
        for Run { name, scenario } in &runs {
            for problem in scenario.problems(name, &results) {
                wrong.push(format!("{}: {name}: {problem}", boot.profile));
            }
            if bpftool.is_some()
                && let Err(problem) = bpftool::check(name, &results)
            {
                wrong.push(format!("{}: {name}: {problem}", boot.profile));
            }
        }
        eprintln!("{}: {} runs of {} scenarios", boot.profile, runs.len(), scenarios.len());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A scenario with one of its bundles.
struct Run<'a> {
    /// What the bundle and the guest's results are called.
    name: String,
    scenario: &'a Expectation,
}

fn run<'a>(
    boot: &Boot,
    scenarios: &'a [Expectation],
    bpftool: Option<&Path>,
) -> (Vec<Run<'a>>, Results) {
    let profile = guest::profile(boot, "");
    let without_fentry = guest::profile(boot, "+avoid=fentry");
    let payload = guest::payload(boot);
    if let Some(bpftool) = bpftool {
        bpftool::copy(bpftool, &payload);
    }
    let mut runs = Vec::new();
    let mut add = |name: String, scenario, compiled: Compiled| {
        std::fs::write(payload.join(format!("{name}.bpf.o")), compiled.bundle).unwrap();
        runs.push(Run { name, scenario });
    };
    for scenario in scenarios.iter().filter(|scenario| scenario.is_for(boot.kernel)) {
        add(scenario.name.clone(), scenario, compile(scenario, &profile));
        let compiled = compile(scenario, &without_fentry);
        if has_kprobes(&compiled) {
            add(format!("{}.kprobe", scenario.name), scenario, compiled);
        }
    }
    (runs, guest::boot(boot, &payload))
}

fn has_kprobes(compiled: &Compiled) -> bool {
    let mut programs = compiled.manifest.programs.iter();
    programs.any(|program| matches!(program.attach, Attach::Kprobe { .. }))
}

fn compile(scenario: &Expectation, profile: &Profile) -> Compiled {
    let file = scenario.policy();
    let shown = file.strip_prefix(files::top()).unwrap_or(&file).display().to_string();
    let run = crate::cases::compile_for(&shown, &files::text(&file), profile);
    run.compiled
        .unwrap_or_else(|| panic!("{}: {shown} is refused:\n{}", profile.name(), run.diagnostics))
}
