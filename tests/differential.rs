//! Generated code does what the interpreter says, for random policies and events.

mod constructs;
mod events;
mod values;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proptest::test_runner::{TestCaseError, TestCaseResult};
use writ::diagnostic::Diagnostics;
use writ::ir::interpret::{self, Outcome, interpret};
use writ::{generate, ir, kernel, lower};

use crate::machine::{self, Machine};
use crate::random::points::{enforced, everywhere};
use crate::random::policies::{Setting, policies, sources};
use crate::random::walks::walks;
use crate::random::{self, Choices, Random};

/// How many events each program sees: a million comparisons of 256 bundles.
const EVENTS: usize = 700;

/// Programs that a bundle has at least: three follow processes, and one hook.
const PROGRAMS: u32 = 4;

/// How many different small numbers there are, and where those of namespaces begin.
const SMALL: u32 = 6;
const LOWEST_NAMESPACE: u32 = 4_026_531_840;

#[test]
fn generated_code_does_what_the_interpreter_says() {
    let profile = kernel::embedded::profile("6.1").unwrap().unwrap();
    let setting = setting(&profile);
    let compared = Cell::new(0);
    let cases = random::check(1, |policies, events| {
        compared.set(compared.get() + compare(&policies, &events, &setting, &profile)?);
        Ok(())
    });
    let compared = compared.get();
    eprintln!("{cases} bundles, {compared} comparisons agree");
    let least = PROGRAMS * cases * u32::try_from(EVENTS).unwrap();
    assert!(compared >= least, "only {compared} comparisons of {cases} bundles");
}

/// How many bundles there are unless somebody asks for another number.
const BUNDLES: u32 = 256;

#[test]
fn what_is_compared_has_every_construct() {
    let profile = kernel::embedded::profile("6.1").unwrap().unwrap();
    let setting = setting(&profile);
    let found = RefCell::new(BTreeMap::<&str, u32>::new());
    random::check_cases(BUNDLES, |choices, _| {
        let module = lower::lower(&policies(&mut Random::new(&choices), &setting));
        for construct in constructs::constructs(&module) {
            *found.borrow_mut().entry(construct).or_default() += 1;
        }
        Ok(())
    });
    let found = found.into_inner();
    let all: BTreeSet<&str> = constructs::ALL.iter().copied().collect();
    let missing: Vec<_> = all.iter().filter(|one| !found.contains_key(*one)).collect();
    assert!(missing.is_empty(), "no bundle of {BUNDLES} has {missing:?}: {found:?}");
    let unlisted: Vec<_> = found.keys().filter(|one| !all.contains(*one)).collect();
    assert!(unlisted.is_empty(), "{unlisted:?} is not listed");
}

fn setting(profile: &kernel::Profile) -> Setting {
    Setting {
        points: everywhere(&walks(profile)),
        enforced: enforced(),
        pids: (0..SMALL).collect(),
        namespaces: (0..SMALL).map(|number| LOWEST_NAMESPACE + number).collect(),
        signals: &[9, 15, 10],
        intervals: &[1, 1_000, 60_000],
    }
}

/// Compiles one random bundle and compares its runs. The answer is how many there were.
fn compare(
    of_policies: &Choices,
    of_events: &Choices,
    setting: &Setting,
    profile: &kernel::Profile,
) -> Result<u32, TestCaseError> {
    let policies = policies(&mut Random::new(of_policies), setting);
    let module = Rc::new(lower::lower(&policies));
    ir::verify::verify(&module).unwrap();
    let object =
        generate::generate(&module, profile, &mut Diagnostics::default()).map(Rc::new).unwrap();
    let machines: Vec<Machine> =
        (0..module.programs.len()).map(|place| Machine::new(&module, &object, place)).collect();
    let mut random = Random::new(of_events);
    let mut meant = interpret::State::default();
    let mut done = machine::State::default();
    let mut time = 1_000_000_000;
    let mut compared = 0;
    for _ in 0..EVENTS {
        time += random.below(2_000_000_000);
        let mut event = events::event(&mut random, &module, time);
        // The return comes before the entry in the module, but not in time.
        for (program, machine) in module.programs.iter().zip(&machines).rev() {
            values::fill(&mut random, program, &mut event);
            let expected = interpret(program, &module, &event, &mut meant);
            let found = machine.run(&event, &mut done);
            agree(found, expected, || {
                let program = ir::print::print_program(program, &sources());
                format!("{event:#?}\n{program}")
            })?;
            compared += 1;
        }
    }
    Ok(compared)
}

/// The two outcomes are the same, but for the order of items in a record, and for a verdict of 0,
/// which no program of these can tell from none.
pub(crate) fn agree(
    found: Outcome,
    expected: Outcome,
    context: impl FnOnce() -> String,
) -> TestCaseResult {
    let (found, expected) = (plain(found), plain(expected));
    if found == expected {
        return Ok(());
    }
    let context = context();
    Err(TestCaseError::fail(format!("found {found:#?}\nexpected {expected:#?}\nfor {context}")))
}

fn plain(outcome: Outcome) -> Outcome {
    let mut outcome = outcome;
    outcome.records.iter_mut().for_each(|record| record.items.sort());
    outcome.verdict = outcome.verdict.filter(|verdict| *verdict != 0);
    outcome
}
