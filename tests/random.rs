//! Choices that proptest makes, and numbers drawn from them.
//!
//! Policies and events are built by asking for one number after another. proptest chooses those
//! numbers, so that it can make a failing case smaller: a choice of 0, and the end of the choices,
//! stand for whatever is simplest.

mod actions;
pub(crate) mod conditions;
pub(crate) mod formulas;
pub(crate) mod points;
pub(crate) mod policies;
pub(crate) mod processes;
pub(crate) mod walks;
pub(crate) mod workloads;

use std::ops::Range;

use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{
    Config, RngAlgorithm, RngSeed, TestCaseResult, TestError, TestRng, TestRunner,
};

/// All choices of one case.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    /// The first ones.
    pub first: Vec<u64>,
    /// The seed of the others. After 0, all are 0.
    pub rest: u64,
}

/// Most choices that proptest makes, and can shrink, one by one.
const FIRST: usize = 256;

/// How often a failing case is tried to be made smaller.
const SHRINK: u32 = 128;

fn choices() -> impl Strategy<Value = Choices> {
    (proptest::collection::vec(any::<u64>(), 0..FIRST), any::<u64>())
        .prop_map(|(first, rest)| Choices { first, rest })
}

/// Checks `holds` for many choices of policies and of events; one in `share` of those that
/// `PROPTEST_CASES` asks for. The choices are the same each time, unless `PROPTEST_RNG_SEED` says
/// otherwise. The answer is how many cases there were.
pub(crate) fn check(share: u32, holds: impl Fn(Choices, Choices) -> TestCaseResult) -> u32 {
    let cases = (Config::default().cases / share).max(1);
    check_cases(cases, holds);
    cases
}

/// The same for so many of them. Fewer are the first of them.
pub(crate) fn check_cases(cases: u32, holds: impl Fn(Choices, Choices) -> TestCaseResult) {
    let defaults = Config::default();
    let seed = match defaults.rng_seed {
        RngSeed::Random => 0,
        RngSeed::Fixed(seed) => seed,
    };
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        rng_algorithm: RngAlgorithm::ChaCha,
        max_shrink_iters: defaults.max_shrink_iters.min(SHRINK),
        failure_persistence: None,
        ..defaults
    };
    match TestRunner::new(config)
        .run(&(choices(), choices()), |(policies, events)| holds(policies, events))
    {
        Ok(()) => {}
        Err(TestError::Abort(why)) => panic!("{why}"),
        Err(TestError::Fail(why, (policies, events))) => {
            panic!("{why}\nwith the seed {seed}, policies of {policies:?}, events of {events:?}")
        }
    }
}

/// A stream of choices.
pub(crate) struct Random {
    first: std::vec::IntoIter<u64>,
    rest: u64,
}

impl Random {
    pub(crate) fn new(choices: &Choices) -> Self {
        Self { first: choices.first.clone().into_iter(), rest: choices.rest }
    }

    fn next(&mut self) -> u64 {
        if let Some(choice) = self.first.next() {
            return choice;
        }
        // xorshift64*, which stays at 0.
        self.rest ^= self.rest >> 12;
        self.rest ^= self.rest << 25;
        self.rest ^= self.rest >> 27;
        self.rest.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    pub(crate) fn length(&mut self, range: Range<usize>) -> usize {
        range.start + usize::try_from(self.below(range.len() as u64)).unwrap_or(0)
    }

    /// Once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) + 1 == times
    }

    pub(crate) fn one_of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.length(0..from.len())]
    }

    /// 64 bits: small ones, large ones, and those at the edges.
    pub(crate) fn bits(&mut self) -> u64 {
        match self.below(6) {
            0 => self.below(8),
            1 => self.below(8).wrapping_neg(),
            2 => 1 << self.below(64),
            3 => (1_u64 << self.below(64)).wrapping_sub(1),
            4 => 0xdead_beef_0000_0000 | self.below(300),
            _ => self.next(),
        }
    }
}

#[test]
fn the_choices_are_the_same_each_time() {
    let first = || {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let choices = choices().new_tree(&mut runner).unwrap().current();
        let mut random = Random::new(&choices);
        std::array::from_fn::<u64, 600, _>(|_| random.next())
    };
    assert_eq!(first(), first());
}
