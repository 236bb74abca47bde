//! Generated code does what the interpreter says, for random policies and events.

mod events;
mod policies;
mod random;

use std::rc::Rc;

use writ::diagnostic::Diagnostics;
use writ::ir::interpret::{self, Outcome, interpret};
use writ::{generate, ir, kernel, lower};

use crate::machine::{self, Machine};
use random::Random;

/// How many bundles are compiled, and how many events each of their programs sees.
const BUNDLES: u64 = 400;
const EVENTS: usize = 12;

#[test]
fn generated_code_does_what_the_interpreter_says() {
    let profile = kernel::embedded::profile("6.1").unwrap().unwrap();
    let compared: usize = (0..BUNDLES).map(|seed| compare(seed, &profile)).sum();
    assert!(compared >= 10_000, "only {compared} comparisons");
}

/// Compiles one random bundle and compares its runs. The answer is how many there were.
fn compare(seed: u64, profile: &kernel::Profile) -> usize {
    let mut random = Random::new(seed);
    let policies = policies::policies(&mut random);
    let module = Rc::new(lower::lower(&policies));
    ir::verify::verify(&module).unwrap();
    let object =
        generate::generate(&module, profile, &mut Diagnostics::default()).map(Rc::new).unwrap();
    let machines: Vec<Machine> =
        (0..module.programs.len()).map(|place| Machine::new(&module, &object, place)).collect();
    let mut meant = interpret::State::default();
    let mut done = machine::State::default();
    let mut time = 1_000_000_000;
    let mut compared = 0;
    for _ in 0..EVENTS {
        time += random.below(2_000_000_000);
        let mut event = events::event(&mut random, &module, time);
        // The return comes before the entry in the module, but not in time.
        for (program, machine) in module.programs.iter().zip(&machines).rev() {
            event.values = events::values(&mut random, program);
            let expected = plain(interpret(program, &module, &event, &mut meant));
            let found = plain(machine.run(&event, &mut done));
            assert_eq!(
                found,
                expected,
                "bundle {seed}, {event:#?}\n{}",
                ir::print::print_program(program, &policies::sources())
            );
            compared += 1;
        }
    }
    compared
}

/// The outcome with what does not count made equal: the order of items in a record, and a verdict
/// of 0, which no program of these can tell from none.
fn plain(outcome: Outcome) -> Outcome {
    let mut outcome = outcome;
    outcome.records.iter_mut().for_each(|record| record.items.sort());
    outcome.verdict = outcome.verdict.filter(|verdict| *verdict != 0);
    outcome
}
