//! Whether the first name of a path rules a set of patterns out. Most files stand elsewhere than
//! what a policy names, and the first name costs a fraction of the text.

use super::patterns::{Patterns, without_longer};
use super::words;
use crate::generate::coder::Coder;
use crate::generate::facts::Fact;
use crate::generate::library;
use crate::generate::registers::{FRAME, RESULT};
use crate::generate::stack::Slot;
use crate::generate::state::Done;
use crate::ids::Id;
use crate::ir::{Block, Value};
use crate::machine::{Comparison, Size};
use crate::set::TextSet;

/// Bytes of a name that the routine gives.
const BYTES: usize = 8;

/// With more names than these it is unlikely that a path has none of them.
const NAMES_MAX: usize = 16;

impl Coder<'_> {
    /// How the first name of a path in `set` begins: ordered, none beginning with another. `None`
    /// when it tells too little, or is no cheaper than the text.
    pub(in crate::generate) fn first_names(
        &self,
        value: Id<Value>,
        set: &TextSet,
    ) -> Option<Vec<Vec<u8>>> {
        library::top(self.program.values[value].reader, self.flavour)?;
        if self.done(value) == Done::Surely {
            return None;
        }
        first_names(&Patterns::of(set))
    }

    /// Goes on at `no` when the path cannot be in a set whose paths begin with one of `names`. What
    /// is read of the path is unchanged.
    pub(in crate::generate) fn rule_out(
        &mut self,
        value: Id<Value>,
        names: &[Vec<u8>],
        no: Id<Block>,
    ) {
        let open = self.emitter.label();
        let before = self.state.clone();
        if self.done(value) == Done::Maybe {
            let slot = Slot::Value(value);
            self.must_be_zeroed(slot);
            let offset = self.frame.offset(slot);
            self.emitter.load(Size::Double, RESULT, FRAME, offset);
            self.emitter.jump_if(RESULT, Comparison::NotEqual, 0, open);
        }
        self.fact(Fact::Top(value));
        self.emitter.jump_if(RESULT, Comparison::Equal, 0, open);
        let label = self.label(no);
        words::word_begins(&mut self.emitter, names, open, label);
        self.leads_to(no);
        self.emitter.place(open);
        self.state = self.state.meet(&before);
    }
}

/// How the first name of a path with one of `patterns` begins.
fn first_names(patterns: &Patterns) -> Option<Vec<Vec<u8>>> {
    let Patterns { starts, tabled, ends } = patterns;
    if !ends.is_empty() {
        return None;
    }
    let names: Option<Vec<Vec<u8>>> =
        starts.iter().chain(tabled).map(|start| name(start)).collect();
    let names = without_longer(names?);
    (names.len() <= NAMES_MAX).then_some(names)
}

/// Up to eight bytes of the first name of a path that begins with `start`, with the zero that stands
/// behind a name. `None` when every name is possible.
fn name(start: &[u8]) -> Option<Vec<u8>> {
    let rest = start.strip_prefix(b"/")?;
    let name = match rest.iter().position(|byte| *byte == b'/') {
        Some(end) => [rest.get(..end)?, &[0]].concat(),
        None => rest.to_vec(),
    };
    let name: Vec<u8> = name.into_iter().take(BYTES).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(starts: &[&str]) -> Option<Vec<Vec<u8>>> {
        let starts = starts.iter().map(|start| start.as_bytes().to_vec()).collect();
        first_names(&Patterns { starts, ..Patterns::default() })
    }

    #[test]
    fn a_name_ends_at_a_slash_or_with_the_text_or_goes_on() {
        let names = names(&["/etc/shadow", "/f\0", "/home", "/kubernetes/pki"]);
        let expected = [b"etc\0".to_vec(), b"f\0".to_vec(), b"home".to_vec(), b"kubernet".to_vec()];
        assert_eq!(names, Some(expected.to_vec()));
    }

    #[test]
    fn a_name_that_goes_on_makes_longer_ones_superfluous() {
        assert_eq!(names(&["/et", "/etc/shadow"]), Some(vec![b"et".to_vec()]));
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
