//! Whether the first two names of a path rule a set of patterns out. Most files stand elsewhere than
//! what a policy names, and the names cost a fraction of the text.

use std::collections::BTreeMap;

use super::patterns::{Patterns, without_longer};
use super::words::{self, Names};
use crate::generate::coder::Coder;
use crate::generate::facts::Fact;
use crate::generate::library::{self, Flavour};
use crate::generate::registers::{FRAME, RESULT};
use crate::generate::stack::Slot;
use crate::generate::state::Done;
use crate::ids::Id;
use crate::ir::{Block, Jump, Program, Test, Value};
use crate::machine::{Comparison, Label, Size};
use crate::set::TextSet;

/// Bytes of a name that the routine gives.
const BYTES: usize = 8;

/// With more first names than these it is unlikely that a path has none of them.
const FIRST_MAX: usize = 64;

/// Second names that are compared below one first name. More take too much code.
const SECOND_MAX: usize = 128;

/// How the first names of those paths begin that are in any of the sets with which `program` compares
/// a value. A value is left out where they tell too little, or are no cheaper than the text.
pub(in crate::generate) fn names(
    program: &Program,
    flavour: Flavour,
) -> BTreeMap<Id<Value>, Vec<Names>> {
    let mut sets: BTreeMap<Id<Value>, Vec<&TextSet>> = BTreeMap::new();
    for block in program.order() {
        if let Jump::Branch(branch) = &program.blocks[block].jump
            && let Test::Text { value, set } = &branch.test
            && has_names(&program.values[*value], flavour)
        {
            sets.entry(*value).or_default().push(set);
        }
    }
    let names = |(value, sets): (_, Vec<&TextSet>)| {
        let mut all = Patterns::default();
        for Patterns { starts, tabled, ends } in sets.into_iter().map(Patterns::of) {
            all.starts.extend(starts.into_iter().chain(tabled));
            all.ends.extend(ends);
        }
        Some((value, first_names(&all)?))
    };
    sets.into_iter().filter_map(names).collect()
}

impl Coder<'_> {
    /// Goes on at `no` when the first names rule the path out, once for all sets in the program:
    /// when one of them asks after another, the path was read unless it was ruled out.
    pub(in crate::generate) fn rule_out(&mut self, value: Id<Value>, no: Id<Block>) {
        let names: &BTreeMap<Id<Value>, Vec<Names>> = self.names;
        let Some(names) = names.get(&value) else { return };
        let slot = Slot::Value(value);
        let offset = self.frame.offset(slot);
        match (self.done(value), self.state.decided.get(&value)) {
            (Done::Surely, _) => return,
            (Done::Never | Done::Maybe, Some(Done::Surely)) => {
                self.must_be_zeroed(slot);
                let ruled_out = self.label(no);
                self.emitter.load(Size::Double, RESULT, FRAME, offset);
                self.emitter.jump_if(RESULT, Comparison::Equal, 0, ruled_out);
                self.leads_to(no);
                self.state.values.insert(value, Done::Surely);
                self.state.scratch = Done::Surely;
                return;
            }
            (Done::Never | Done::Maybe, _) => {}
        }
        let open = self.emitter.label();
        let before = (self.done(value) == Done::Maybe).then(|| self.state.clone());
        if before.is_some() {
            self.must_be_zeroed(slot);
            self.emitter.load(Size::Double, RESULT, FRAME, offset);
            self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, open);
        }
        let ruled_out = self.label(no);
        self.compare_names(value, names, open, ruled_out);
        self.state.decided.insert(value, Done::Surely);
        self.leads_to(no);
        self.emitter.place(open);
        if let Some(before) = before {
            self.state = self.state.meet(&before);
        }
        self.state.decided.insert(value, Done::Surely);
    }

    /// Goes on at `open` when the path can be in one of the sets, and at `ruled_out` when its first
    /// names are others.
    pub(in crate::generate) fn compare_names(
        &mut self,
        value: Id<Value>,
        names: &[Names],
        open: Label,
        ruled_out: Label,
    ) {
        self.fact(Fact::Top(value));
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, open);
        let second = self.frame.offset(Slot::SecondName(value));
        words::names_begin(&mut self.emitter, names, second, open, ruled_out);
    }
}

/// Whether a routine finds the first names. A walk is dearer than what they save.
fn has_names(value: &Value, flavour: Flavour) -> bool {
    value.walk.is_none() && library::top(value.reader, flavour).is_some()
}

/// How the first names of a path with one of `patterns` begin.
fn first_names(patterns: &Patterns) -> Option<Vec<Names>> {
    let Patterns { starts, tabled, ends } = patterns;
    if !ends.is_empty() {
        return None;
    }
    // `None` where any second name will do.
    let mut names: BTreeMap<Vec<u8>, Option<Vec<Vec<u8>>>> = BTreeMap::new();
    for start in starts.iter().chain(tabled) {
        let (first, rest) = name(start.strip_prefix(b"/")?);
        let first = first?;
        let seconds = names.entry(first).or_insert_with(|| Some(Vec::new()));
        match rest.and_then(|rest| name(rest).0) {
            Some(second) => seconds.iter_mut().for_each(|seconds| seconds.push(second.clone())),
            None => *seconds = None,
        }
    }
    let firsts = without_longer(names.keys().cloned().collect());
    if firsts.len() > FIRST_MAX {
        return None;
    }
    let with_seconds = |first: Vec<u8>| {
        let seconds = without_longer(names.get(&first).cloned().flatten().unwrap_or_default());
        let seconds = if seconds.len() > SECOND_MAX { Vec::new() } else { seconds };
        Names { first, seconds }
    };
    Some(firsts.into_iter().map(with_seconds).collect())
}

/// Up to eight bytes of the name that `text` begins with, with the zero that stands behind a name,
/// and what follows. There is no name when every one is possible.
fn name(text: &[u8]) -> (Option<Vec<u8>>, Option<&[u8]>) {
    let end = text.iter().position(|byte| *byte == b'/');
    let (name, rest) = match end.and_then(|end| text.split_at_checked(end)) {
        Some((name, rest)) => ([name, &[0]].concat(), rest.strip_prefix(b"/")),
        None => (text.to_vec(), None),
    };
    let name: Vec<u8> = name.into_iter().take(BYTES).collect();
    ((!name.is_empty()).then_some(name), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(starts: &[&str]) -> Option<Vec<Names>> {
        let starts = starts.iter().map(|start| start.as_bytes().to_vec()).collect();
        first_names(&Patterns { starts, ..Patterns::default() })
    }

    fn expected(names: &[(&str, &[&str])]) -> Vec<Names> {
        let bytes = |text: &&str| text.as_bytes().to_vec();
        let one = |(first, seconds): &(&str, &[&str])| Names {
            first: bytes(first),
            seconds: seconds.iter().map(bytes).collect(),
        };
        names.iter().map(one).collect()
    }

    #[test]
    fn a_name_ends_at_a_slash_or_with_the_text_or_goes_on() {
        let names = names(&["/etc/shadow", "/f\0", "/home", "/kubernetes/pki/x"]);
        let all: &[(&str, &[&str])] =
            &[("etc\0", &["shadow"]), ("f\0", &[]), ("home", &[]), ("kubernet", &["pki\0"])];
        assert_eq!(names, Some(expected(all)));
    }

    #[test]
    fn second_names_are_those_below_the_same_first_name() {
        let names = names(&["/etc/kubernetes/pki", "/etc/kubernetes/x", "/etc/shadow", "/var/"]);
        let all: &[(&str, &[&str])] = &[("etc\0", &["kubernet", "shadow"]), ("var\0", &[])];
        assert_eq!(names, Some(expected(all)));
    }

    #[test]
    fn a_pattern_that_names_only_a_directory_lets_every_second_name_pass() {
        assert_eq!(names(&["/etc/", "/etc/shadow"]), Some(expected(&[("etc\0", &[])])));
    }

    #[test]
    fn a_name_that_goes_on_makes_longer_ones_superfluous() {
        assert_eq!(names(&["/et", "/etc/shadow"]), Some(expected(&[("et", &[])])));
    }

    #[test]
    fn the_root_and_a_text_that_is_no_path_rule_nothing_out() {
        assert_eq!(names(&["/", "/etc/"]), None);
        assert_eq!(names(&["etc"]), None);
    }

    #[test]
    fn what_texts_end_with_rules_nothing_out() {
        let ends = vec![b"fnoc.".to_vec()];
        assert_eq!(first_names(&Patterns { ends, ..Patterns::default() }), None);
    }
}
