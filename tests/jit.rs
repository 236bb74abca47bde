//! What the kernel's JIT makes of generated code, linked with the real runtime library, does what
//! the interpreter says, for random policies and events.
//!
//! Nothing is attached: the kernel runs a program for raw tracepoints on request
//! (`BPF_PROG_TEST_RUN`), in the thread that asks. Where it does not, or not for us, nothing is
//! proved, and the test says so.
//!
//! Left out is what cannot be seen or done here. A raw tracepoint has no verdict and no return.
//! Signals are sent, but only one that is ignored, so that nobody sees them. That rate limits end is
//! left to the machine in user space, whose clock a test can set.

mod kernel;
mod occasion;

use std::cell::Cell;
use std::io::Write as _;

use proptest::test_runner::TestCaseError;
use writ::diagnostic::Diagnostics;
use writ::ir::interpret::{self, Outcome, interpret};
use writ::kernel::Profile;
use writ::{generate, ir, lower, pack};
use writ_bundle::{Attach, Manifest};

use crate::differential::agree;
use crate::random::points::{Point, of_raw_tracepoints};
use crate::random::policies::{Setting, policies, sources};
use crate::random::walks::of_task;
use crate::random::{self, Choices, Random};
use kernel::{Host, Loaded};
use occasion::{Files, Surroundings};

/// Compiling and loading takes far longer than running, so there are few bundles with many events.
const SHARE: u32 = 16;
const EVENTS: u32 = 120;

/// `SIGURG`, which does nothing unless a process asks for it.
const HARMLESS: &[u32] = &[23];

/// Rate limits that never end while the test runs.
const HOUR: &[u32] = &[3_600_000];

#[test]
fn the_kernel_does_what_the_interpreter_says() {
    let surroundings = Surroundings::find();
    let host = match Host::find(&surroundings) {
        Ok(host) => host,
        Err(why) => return skip(&why),
    };
    let files = Files::open();
    let compared = Cell::new(0);
    let records = Cell::new(0);
    let cases = random::check(SHARE, |policies, events| {
        let (runs, sent) = compare(&policies, &events, &host, &surroundings, &files)?;
        compared.set(compared.get() + runs);
        records.set(records.get() + sent);
        Ok(())
    });
    let (compared, records) = (compared.get(), records.get());
    tell(&format!("the kernel's JIT: {cases} bundles, {compared} runs, {records} records agree"));
    assert!(compared >= EVENTS * cases, "only {compared} comparisons of {cases} bundles");
    assert!(records >= compared / 4, "only {records} records in {compared} runs");
}

fn skip(why: &str) {
    tell(&format!("SKIPPED: nothing was proved about the kernel's JIT: {why}"));
}

/// Says something whether or not the test passes: `eprintln` is kept from who runs the tests.
fn tell(sentence: &str) {
    writeln!(std::io::stderr(), "{sentence}").expect("standard error takes text");
}

/// Loads one random bundle and compares its runs. The answer is how many there were, and how many
/// records.
fn compare(
    of_policies: &Choices,
    of_events: &Choices,
    host: &Host,
    surroundings: &Surroundings,
    files: &Files,
) -> Result<(u32, u32), TestCaseError> {
    let setting = setting(host, surroundings);
    let policies = policies(&mut Random::new(of_policies), &setting);
    let module = lower::lower(&policies);
    ir::verify::verify(&module).unwrap();
    let mut random = Random::new(of_events);
    let host_namespaces = surroundings.host_namespaces(&mut random);
    let (bytes, manifest) = bundle(&module, host);
    let mut loaded = Loaded::load(bytes, manifest, host_namespaces).unwrap();
    let mut meant = interpret::State::default();
    let (mut runs, mut records) = (0, 0);
    for time in 1..=EVENTS {
        let mut event = surroundings.event(&mut random, &module, host_namespaces, time.into());
        loaded.prepare(&module, &event);
        for program in module.programs.iter().filter(|program| !program.hooks.is_empty()) {
            let context = files.context(&mut random, program, &surroundings.task);
            event.values = context.values.clone();
            let mut expected = interpret(program, &module, &event, &mut meant);
            expected.signals.clear();
            let found = Outcome {
                records: loaded.run(&module, program, &context.words),
                ..Outcome::default()
            };
            runs += 1;
            records += u32::try_from(found.records.len()).unwrap();
            agree(found, expected, || {
                let program = ir::print::print_program(program, &sources());
                format!("host namespaces {host_namespaces:?}, {event:#?}\n{program}")
            })?;
        }
    }
    loaded.lost_nothing();
    Ok((runs, records))
}

/// What policies are about here.
fn setting(host: &Host, surroundings: &Surroundings) -> Setting {
    Setting {
        points: host.points.clone(),
        enforced: Vec::new(),
        pids: surroundings.pids(),
        namespaces: surroundings.inodes(),
        signals: HARMLESS,
        intervals: HOUR,
    }
}

/// The raw tracepoints whose programs can be run.
fn points(kernel: &Profile) -> Vec<Point> {
    let points = of_raw_tracepoints(&of_task(kernel)).into_iter();
    let is_raw = |point: &Point| matches!(point.functions[0].attach, Attach::RawTracepoint { .. });
    points.filter(is_raw).collect()
}

/// The module as a loader gets it.
fn bundle(module: &ir::Module, host: &Host) -> (Vec<u8>, Manifest) {
    let profile = &host.profile;
    let object = generate::generate(module, profile, &mut Diagnostics::default()).unwrap();
    let manifest = pack::manifest::describe(module, &object, profile, &sources());
    let bytes = pack::pack(&object, manifest, profile.btf().bytes(), &sources()).unwrap();
    let manifest = writ_bundle::read(&bytes).unwrap();
    (bytes, manifest)
}
