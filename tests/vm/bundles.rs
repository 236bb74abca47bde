//! Which bundles a boot runs: each scenario's, once more with kprobes where it has fentry, and
//! in the ways that it forces.

use writ::driver::Compiled;
use writ::kernel::Profile;
use writ_bundle::{Attach, Manifest};

use super::expectation::Expectation;
use super::guest::{self, Boot, Runs};
use crate::{cases, files};

/// A scenario with one of its bundles.
pub(crate) struct Run<'a> {
    /// What the bundle and the guest's results are called.
    pub(crate) name: String,
    pub(crate) scenario: &'a Expectation,
    pub(crate) manifest: Manifest,
    pub(crate) bundle: Vec<u8>,
}

/// All that runs in one boot.
pub(crate) fn runs<'a>(boot: &Boot, scenarios: &'a [Expectation]) -> Vec<Run<'a>> {
    let profile = guest::profile(boot, "");
    let without_fentry = guest::profile(boot, "+avoid=fentry");
    let mut runs = Vec::new();
    let mut add = |name: String, scenario, compiled: Compiled| {
        let Compiled { bundle, manifest, .. } = compiled;
        runs.push(Run { name, scenario, manifest, bundle });
    };
    for scenario in scenarios.iter().filter(|scenario| scenario.runs_in(boot)) {
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
        for forced in scenario.forced().iter().filter(|forced| forced.is_for(boot.profile)) {
            let compiled = compile(scenario, &forced.apply(guest::profile(boot, "")));
            let is_lsm = has(&compiled, |attach| matches!(attach, Attach::Lsm { .. }));
            if boot.runs == Runs::All || is_lsm {
                add(format!("{}.{}", scenario.name, forced.name()), scenario, compiled);
            }
        }
    }
    runs
}

/// The errors with which the compiler refuses the scenario's policy for this boot, if it does.
pub(crate) fn refusal(scenario: &Expectation, boot: &Boot) -> Option<Vec<&'static str>> {
    let run = try_to_compile(scenario, &guest::profile(boot, ""));
    run.compiled.is_none().then_some(run.errors)
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
