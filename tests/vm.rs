//! Behaviour on real kernels: each scenario's policy is compiled, loaded and seen to act.
//!
//! `tests/vm/scenarios/<name>/` holds `policy.yaml` or `policy.writ`, `guest.sh` that runs in the
//! guest while the bundle is attached, and `expect.yaml`. Each kernel runs all scenarios, and those
//! whose functions can be hooked by kprobes in place of fentry once more in that way.
//!
//! Without QEMU or kernels nothing is proved, and the test says so; with `WRIT_VM=require`, as in
//! CI, that is a failure.

mod accuracy;
mod boot_table;
mod bpftool;
mod bundles;
mod corpus;
mod expectation;
mod guest;
mod parallel;
mod table;
mod times;

use std::cmp::Reverse;
use std::path::Path;

use boot_table::{BOOTS, WITH_ERROR_INJECTION};
use bundles::Run;
use expectation::Expectation;
use guest::{Boot, Results, Runs};
use parallel::in_parallel;
use table::Table;
use times::Times;

/// Bundles that one guest runs, one after the other. A boot takes as long as loading one or two;
/// with fewer bundles, processors would wait longer for the last guest.
const BUNDLES_OF_A_GUEST: usize = 30;

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
    let (mut wrong, table) = act(&wanted(BOOTS), bpftool);
    let is_whole = ["WRIT_VM_KERNEL", "WRIT_VM_SCENARIO"]
        .iter()
        .all(|variable| std::env::var_os(variable).is_none());
    if is_whole {
        wrong.extend(table.difference(table::PROFILES));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn policies_act_where_errors_are_injected() {
    let boots: Vec<&Boot> =
        wanted(WITH_ERROR_INJECTION).into_iter().filter(|boot| guest::is_there(boot)).collect();
    if boots.is_empty() {
        eprintln!("SKIPPED: nothing was denied by error injection: no such kernel is there");
        return;
    }
    if let Err(missing) = guest::prepare_for(&["writ-loader", "writ-trigger"]) {
        eprintln!("SKIPPED: nothing was denied by error injection: {missing}");
        return;
    }
    let (wrong, _) = act(&boots, None);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The boots that `WRIT_VM_KERNEL` names, or all.
fn wanted(boots: &'static [Boot]) -> Vec<&'static Boot> {
    let only = std::env::var("WRIT_VM_KERNEL").ok();
    boots.iter().filter(|boot| only.as_deref().is_none_or(|only| only == boot.profile)).collect()
}

/// One guest of a boot, and what runs in it.
struct Guest<'a> {
    boot: &'static Boot,
    number: usize,
    runs: Vec<Run<'a>>,
}

/// Runs the scenarios in these boots: what went wrong, and what ran.
fn act(boots: &[&'static Boot], bpftool: Option<&Path>) -> (Vec<String>, Table) {
    let mut scenarios = Expectation::all();
    if let Ok(only) = std::env::var("WRIT_VM_SCENARIO") {
        scenarios.retain(|scenario| only.split(',').any(|only| only == scenario.name));
        assert!(!scenarios.is_empty(), "no such scenario");
    }
    let mut table = Table::default();
    let mut wrong = Vec::new();
    for boot in boots.iter().filter(|boot| boot.runs == Runs::All) {
        wrong.extend(passed_over(boot, &scenarios, &mut table));
    }
    let guests = in_parallel(boots, |boot| guests(boot, &scenarios));
    let guests: Vec<Guest> = guests.into_iter().flatten().collect();
    let results = in_parallel(&guests, |guest| run(guest, bpftool));
    for (guest, results) in guests.iter().zip(&results) {
        wrong.extend(problems(guest, results, bpftool, &mut table));
    }
    for boot in boots {
        let its =
            guests.iter().zip(&results).filter(|(guest, _)| guest.boot.profile == boot.profile);
        let times: Vec<(&str, Times)> = its
            .flat_map(|(guest, results)| guest.runs.iter().map(move |run| (run, results)))
            .map(|(run, results)| (run.name.as_str(), Times::of(&run.name, results)))
            .collect();
        eprintln!("{}: {} runs; {}", boot.profile, times.len(), times::summary(times));
    }
    (wrong, table)
}

/// What is wrong with leaving out scenarios: the compiler must refuse them.
fn passed_over(boot: &Boot, scenarios: &[Expectation], table: &mut Table) -> Vec<String> {
    let mut wrong = Vec::new();
    for scenario in scenarios.iter().filter(|scenario| !scenario.runs_in(boot)) {
        match bundles::refusal(scenario, boot) {
            None if boot.without.contains(&scenario.name.as_str()) => {}
            Some(codes) => table.refused(&scenario.name, boot.profile, &codes),
            None => wrong.push(format!(
                "{}: {}: the scenario passes this kernel over, but the compiler does not",
                boot.profile, scenario.name
            )),
        }
    }
    wrong
}

/// The guests among which the boot's bundles are dealt out, the large ones evenly.
fn guests<'a>(boot: &'static Boot, scenarios: &'a [Expectation]) -> Vec<Guest<'a>> {
    guest::forget(boot);
    let mut runs = bundles::runs(boot, scenarios);
    runs.sort_by_key(|run| Reverse(run.bundle.len()));
    let count = runs.len().div_ceil(BUNDLES_OF_A_GUEST);
    let mut guests: Vec<Guest> =
        (0..count).map(|number| Guest { boot, number, runs: Vec::new() }).collect();
    for (run, number) in runs.into_iter().zip((0..count).cycle()) {
        guests[number].runs.push(run);
    }
    guests
}

fn run(guest: &Guest, bpftool: Option<&Path>) -> Results {
    let payload = guest::payload(guest.boot, guest.number);
    if let Some(bpftool) = bpftool {
        bpftool::copy(bpftool, &payload);
    }
    for run in &guest.runs {
        std::fs::write(payload.join(format!("{}.bpf.o", run.name)), &run.bundle).unwrap();
    }
    guest::boot(guest.boot, guest.number, &payload)
}

/// What was not as expected in one guest.
fn problems(
    guest: &Guest,
    results: &Results,
    bpftool: Option<&Path>,
    table: &mut Table,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let profile = guest.boot.profile;
    for Run { name, scenario, manifest, .. } in &guest.runs {
        table.ran(&scenario.name, profile, manifest);
        let problems = scenario.problems(name, results);
        wrong.extend(problems.iter().map(|problem| format!("{profile}: {name}: {problem}")));
        if bpftool.is_some()
            && let Err(problem) = bpftool::check(name, results)
        {
            wrong.push(format!("{profile}: {name}: {problem}"));
        }
    }
    wrong
}
