//! Behaviour on real kernels: each scenario's policy is compiled, loaded and seen to act.
//!
//! `tests/vm/scenarios/<name>/` holds `policy.yaml` or `policy.writ`, `guest.sh` that runs in the
//! guest while the bundle is attached, and `expect.yaml`. One boot runs all scenarios, and those
//! whose functions can be hooked by kprobes in place of fentry once more in that way.
//!
//! Without QEMU or kernels nothing is proved, and the test says so; with `WRIT_VM=require`, as in
//! CI, that is a failure.

mod accuracy;
mod bpftool;
mod expectation;
mod guest;
mod table;

use std::path::Path;
use std::sync::Mutex;

use writ::driver::Compiled;
use writ::kernel::Profile;
use writ_bundle::{Attach, Manifest};

use crate::{cases, files};
use expectation::Expectation;
use guest::{Boot, Results, Runs};
use table::Table;

/// Which kernels are booted, with which LSM list, and for which profile bundles are compiled.
const BOOTS: &[Boot] = &[
    Boot { kernel: "7.2", lsms: guest::LSMS, profile: "7.2", runs: Runs::All },
    Boot { kernel: "6.12", lsms: guest::LSMS, profile: "6.12", runs: Runs::All },
    Boot { kernel: "6.1", lsms: guest::LSMS, profile: "6.1", runs: Runs::All },
    Boot { kernel: "5.10", lsms: guest::LSMS_WITHOUT_BPF, profile: "5.10", runs: Runs::All },
    Boot { kernel: "5.10", lsms: guest::LSMS, profile: "5.10+lsm=bpf", runs: Runs::Lsm },
];

/// Guests that run at the same time. Each has one processor.
const GUESTS: usize = 2;

#[test]
fn policies_act_on_real_kernels() {
    if let Err(missing) = guest::prepare_for(&["writ-loader", "writ-trigger"]) {
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
    let boots = BOOTS.iter().filter(|boot| only.as_deref().is_none_or(|only| only == boot.profile));
    let waiting = Mutex::new(boots);
    let wrong = Mutex::new(Vec::new());
    let table = Mutex::new(Table::default());
    std::thread::scope(|scope| {
        for _ in 0..GUESTS {
            scope.spawn(|| {
                loop {
                    let Some(boot) = waiting.lock().unwrap().next() else { break };
                    let (problems, ran) = problems(boot, &scenarios, bpftool);
                    wrong.lock().unwrap().extend(problems);
                    table.lock().unwrap().join(ran);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    let is_whole = only.is_none() && std::env::var_os("WRIT_VM_SCENARIO").is_none();
    if is_whole {
        let profiles: Vec<&str> = BOOTS.iter().map(|boot| boot.profile).rev().collect();
        wrong.extend(table.into_inner().unwrap().difference(&profiles));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What went wrong in one boot, and what ran.
fn problems(
    boot: &Boot,
    scenarios: &[Expectation],
    bpftool: Option<&Path>,
) -> (Vec<String>, Table) {
    let (runs, results) = run(boot, scenarios, bpftool);
    let mut wrong = Vec::new();
    let mut table = Table::default();
    let passed_over = scenarios.iter().filter(|scenario| !scenario.is_for(boot.kernel));
    for scenario in passed_over.filter(|_| boot.runs == Runs::All) {
        match refusal(scenario, &guest::profile(boot, "")) {
            None if scenario.is_too_slow_on(boot.kernel) => {
                table.not_run(&scenario.name, boot.profile);
            }
            Some(codes) => table.refused(&scenario.name, boot.profile, &codes),
            None => wrong.push(format!(
                "{}: {}: the scenario passes this kernel over, but the compiler does not",
                boot.profile, scenario.name
            )),
        }
    }
    for Run { name, scenario, manifest } in &runs {
        table.ran(&scenario.name, boot.profile, manifest);
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
    (wrong, table)
}

/// The errors with which the compiler refuses the scenario's policy for this kernel, if it does.
fn refusal(scenario: &Expectation, profile: &Profile) -> Option<Vec<&'static str>> {
    let run = try_to_compile(scenario, profile);
    run.compiled.is_none().then_some(run.errors)
}

/// A scenario with one of its bundles.
struct Run<'a> {
    /// What the bundle and the guest's results are called.
    name: String,
    scenario: &'a Expectation,
    manifest: Manifest,
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
        runs.push(Run { name, scenario, manifest: compiled.manifest });
    };
    for scenario in scenarios.iter().filter(|scenario| scenario.is_for(boot.kernel)) {
        let compiled = compile(scenario, &profile);
        if boot.runs == Runs::Lsm && !has(&compiled, |attach| matches!(attach, Attach::Lsm { .. }))
        {
            continue;
        }
        add(scenario.name.clone(), scenario, compiled);
        let compiled = compile(scenario, &without_fentry);
        if has(&compiled, |attach| matches!(attach, Attach::Kprobe { .. })) {
            add(format!("{}.kprobe", scenario.name), scenario, compiled);
        }
    }
    (runs, guest::boot(boot, &payload))
}

fn has(compiled: &Compiled, is_wanted: impl Fn(&Attach) -> bool) -> bool {
    compiled.manifest.programs.iter().any(|program| is_wanted(&program.attach))
}

fn compile(scenario: &Expectation, profile: &Profile) -> Compiled {
    let run = try_to_compile(scenario, profile);
    let name = &scenario.name;
    run.compiled
        .unwrap_or_else(|| panic!("{}: {name} is refused:\n{}", profile.name(), run.diagnostics))
}

fn try_to_compile(scenario: &Expectation, profile: &Profile) -> cases::Run {
    let file = scenario.policy();
    let shown = file.strip_prefix(files::top()).unwrap_or(&file).display().to_string();
    cases::compile_for(&shown, &files::text(&file), profile)
}
