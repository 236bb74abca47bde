//! Texts that are looked for inside others, as an automaton in a map: one step a byte, however many
//! texts there are (Aho and Corasick, "Efficient string matching", 1975).
//!
//! `bpf-templates/search.bpf.c` says how the table is laid out, and runs it.

use std::collections::{BTreeMap, VecDeque};

use crate::resolved::Case;

/// A table, and what the routine that runs it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Automaton {
    /// The value of the map.
    pub table: Vec<u8>,
    /// The bits that the place of a state can have.
    pub mask: u16,
    /// The place of the state in which a text was found.
    pub found: u16,
}

/// Bytes of the classes, which stand before the rows.
const CLASSES: usize = 256;
/// Bytes of all rows: a place has 16 bits.
const ROWS_MAX: usize = 1 << 16;
/// Classes that twice their number still fits in a byte, one of them for all other bytes.
const CLASSES_MAX: usize = 128;

/// Automata that together find the texts of `texts`, as few as have room for them. A text that no
/// table has room for, of more than 30,000 bytes, is longer than any that is read.
pub(super) fn automata(texts: &[String], case: Case) -> Vec<Automaton> {
    let texts: Vec<Vec<u8>> = texts.iter().map(|text| folded(text, case)).collect();
    let mut automata = Vec::new();
    split(&texts, case, &mut automata);
    automata
}

fn folded(text: &str, case: Case) -> Vec<u8> {
    match case {
        Case::Matters => text.as_bytes().to_vec(),
        Case::Ignored => text.to_ascii_lowercase().into_bytes(),
    }
}

fn split(texts: &[Vec<u8>], case: Case, automata: &mut Vec<Automaton>) {
    if let Some(automaton) = automaton(texts, case) {
        return automata.push(automaton);
    }
    if texts.len() > 1 {
        let (left, right) = texts.split_at(texts.len() / 2);
        split(left, case, automata);
        split(right, case, automata);
    }
}

/// One automaton for all of `texts`, unless it would be too large.
fn automaton(texts: &[Vec<u8>], case: Case) -> Option<Automaton> {
    let classes = classes(texts);
    let stride = (classes.len() + 1).next_power_of_two();
    if classes.len() >= CLASSES_MAX {
        return None;
    }
    let states = States::of(texts, &classes);
    let rows = states.next.len() * stride * 2;
    if rows > ROWS_MAX {
        return None;
    }
    let size = rows.next_power_of_two();
    let place = |state: usize| u16::try_from(state * stride * 2).unwrap_or(0);
    let mut table = vec![0; CLASSES];
    for (byte, class) in &classes {
        let class = u8::try_from(class * 2).unwrap_or(0);
        for alike in alike(*byte, case) {
            if let Some(entry) = table.get_mut(usize::from(alike)) {
                *entry = class;
            }
        }
    }
    for row in &states.next {
        let entries = (0..stride).map(|class| row.get(class).copied().unwrap_or(0));
        table.extend(entries.flat_map(|state| place(state).to_le_bytes()));
    }
    table.resize(CLASSES + size, 0);
    let mask = u16::try_from(size - 2).unwrap_or(u16::MAX - 1);
    Some(Automaton { table, mask, found: place(states.found) })
}

/// The bytes that count as `byte`.
fn alike(byte: u8, case: Case) -> Vec<u8> {
    match case {
        Case::Matters => vec![byte],
        Case::Ignored => vec![byte, byte.to_ascii_uppercase()],
    }
}

/// The bytes of `texts`, each with its class, counted from 1. All others are of class 0.
fn classes(texts: &[Vec<u8>]) -> BTreeMap<u8, usize> {
    let mut bytes: Vec<u8> = texts.concat();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.into_iter().zip(1..).collect()
}

/// For each state and class, the next state.
struct States {
    next: Vec<Vec<usize>>,
    found: usize,
}

impl States {
    fn of(texts: &[Vec<u8>], classes: &BTreeMap<u8, usize>) -> Self {
        let width = classes.len() + 1;
        // First the tree of all texts: where nothing leads, `None`.
        let mut tree = vec![vec![None; width]];
        let mut ends = vec![false];
        for text in texts {
            let mut at = 0;
            for class in text.iter().filter_map(|byte| classes.get(byte).copied()) {
                let fresh = tree.len();
                let Some(way) = tree.get_mut(at).and_then(|row| row.get_mut(class)) else {
                    continue;
                };
                at = *way.get_or_insert(fresh);
                if at == fresh {
                    tree.push(vec![None; width]);
                    ends.push(false);
                }
            }
            if let Some(end) = ends.get_mut(at) {
                *end = true;
            }
        }
        Self::closed(&tree, &ends)
    }

    /// Fills the ways that lead nowhere with those of the longest other beginning that the bytes so
    /// far end with, in the order of depth. Whoever ends a text has found it, and stays there.
    fn closed(tree: &[Vec<Option<usize>>], ends: &[bool]) -> Self {
        let found = tree.len();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); found];
        let mut is_end = ends.to_vec();
        let mut waiting = VecDeque::from([(0, None)]);
        while let Some((state, fallback)) = waiting.pop_front() {
            let behind: Option<Vec<usize>> = fallback.and_then(|at: usize| next.get(at).cloned());
            let falls_on_end = fallback.is_some_and(|at| is_end.get(at) == Some(&true));
            if let Some(end) = is_end.get_mut(state).filter(|_| falls_on_end) {
                *end = true;
            }
            let Some(ways) = tree.get(state) else { continue };
            let mut row = Vec::with_capacity(ways.len());
            for (class, way) in ways.iter().enumerate() {
                let other = behind.as_ref().and_then(|row| row.get(class).copied()).unwrap_or(0);
                row.push(way.unwrap_or(other));
                waiting.extend(way.map(|way| (way, Some(other))));
            }
            if let Some(place) = next.get_mut(state) {
                *place = row;
            }
        }
        let width = tree.first().map_or(0, Vec::len);
        let arrived = |state: usize| if is_end.get(state) == Some(&true) { found } else { state };
        for state in next.iter_mut().flatten() {
            *state = arrived(*state);
        }
        next.push(vec![found; width]);
        Self { next, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the routine does.
    fn finds(automaton: &Automaton, text: &[u8]) -> bool {
        let mut place = 0;
        for byte in text {
            let class = u16::from(automaton.table[usize::from(*byte)]);
            let at = CLASSES + usize::from((place + class) & automaton.mask);
            place = u16::from_le_bytes([automaton.table[at], automaton.table[at + 1]]);
        }
        place == automaton.found
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn it_finds_what_is_inside_and_nothing_else() {
        let texts = owned(&["abab", "bac", "c/"]);
        let automata = automata(&texts, Case::Matters);
        assert_eq!(automata.len(), 1);
        let letters = [b'a', b'b', b'c', b'/', b'x'];
        // Every text of six of these bytes.
        for number in 0..5_usize.pow(6) {
            let text: Vec<u8> = (0..6).map(|at| letters[number / 5_usize.pow(at) % 5]).collect();
            let has = |one: &String| text.windows(one.len()).any(|part| part == one.as_bytes());
            assert_eq!(finds(&automata[0], &text), texts.iter().any(has), "{text:?}");
        }
    }

    #[test]
    fn capital_letters_can_count_as_small_ones() {
        let automata = automata(&owned(&["PassWd", "ü"]), Case::Ignored);
        for (text, is_there) in
            [("/etc/PASSWD", true), ("/passw/d", false), ("ü", true), ("Ü", false)]
        {
            assert_eq!(finds(&automata[0], text.as_bytes()), is_there, "{text}");
        }
    }

    #[test]
    fn what_one_table_has_no_room_for_goes_to_several() {
        let texts: Vec<String> = (0..400).map(|number| format!("{number:x<40}")).collect();
        let automata = automata(&texts, Case::Matters);
        assert!(automata.len() > 1);
        for text in &texts {
            assert!(automata.iter().any(|one| finds(one, text.as_bytes())), "{text}");
        }
    }
}
