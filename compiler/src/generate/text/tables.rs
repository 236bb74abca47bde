//! Large sets as tries in maps, filled before anything is attached.

use std::collections::BTreeMap;

use writ_bundle::{MapImage, hexadecimal};

use super::automaton::{Automaton, automata};
use crate::machine::{MapDefinition, MapKind, map_flag};
use crate::resolved::Case;

/// Bytes of text in a key; the kernel allows no more (`LPM_DATA_SIZE_MAX`).
pub(super) const TEXT_BYTES: usize = 256;

/// The whole text of a key counts: what stands behind the zero at its end matches nothing.
pub(super) const KEY_BITS: i32 = 8 * 256;

/// The tables of one bundle, each different.
#[derive(Debug)]
pub(in crate::generate) struct Tables {
    patterns: Vec<Vec<Vec<u8>>>,
    searches: Vec<Automaton>,
    /// The routine that runs them on this kernel.
    search: &'static str,
}

/// How texts are looked for inside another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub routine: &'static str,
    /// The name of the map.
    pub map: String,
    pub mask: u16,
    pub found: u16,
}

impl Tables {
    pub(in crate::generate) fn new(search: &'static str) -> Self {
        Self { patterns: Vec::new(), searches: Vec::new(), search }
    }

    /// The name of the map with these patterns.
    pub(super) fn table(&mut self, patterns: Vec<Vec<u8>>) -> String {
        let known = self.patterns.iter().position(|known| *known == patterns);
        name(known.unwrap_or_else(|| {
            self.patterns.push(patterns);
            self.patterns.len() - 1
        }))
    }

    /// The searches that together find all of `texts`.
    pub(super) fn searches(&mut self, texts: &[String], case: Case) -> Vec<Search> {
        let routine = self.search;
        let search = |automaton: Automaton| {
            let known = self.searches.iter().position(|known| *known == automaton);
            let (mask, found) = (automaton.mask, automaton.found);
            let number = known.unwrap_or_else(|| {
                self.searches.push(automaton);
                self.searches.len() - 1
            });
            Search { routine, map: search_name(number), mask, found }
        };
        automata(texts, case).into_iter().map(search).collect()
    }

    /// The maps, and what they hold.
    pub(in crate::generate) fn maps(&self) -> Vec<(MapDefinition, MapImage)> {
        let tables = self.patterns.iter().enumerate().map(|(number, one)| map(number, one));
        let searches = self.searches.iter().enumerate();
        tables.chain(searches.map(|(number, one)| search_map(number, one))).collect()
    }
}

fn name(number: usize) -> String {
    format!("texts{number}")
}

fn map(number: usize, patterns: &[Vec<u8>]) -> (MapDefinition, MapImage) {
    let key_size = 4 + u32::try_from(TEXT_BYTES).unwrap_or(0);
    let value_size = 1;
    let definition = MapDefinition {
        name: name(number),
        kind: MapKind::LpmTrie,
        key_size,
        value_size,
        max_entries: u32::try_from(patterns.len()).unwrap_or(u32::MAX),
        flags: map_flag::NO_PREALLOC,
    };
    let entries: BTreeMap<String, String> =
        patterns.iter().map(|pattern| (key(pattern), "01".to_owned())).collect();
    (definition, MapImage { map: name(number), key_size, value_size, entries })
}

fn search_name(number: usize) -> String {
    format!("search{number}")
}

fn search_map(number: usize, automaton: &Automaton) -> (MapDefinition, MapImage) {
    let map = search_name(number);
    let (key_size, value_size) = (4, u32::try_from(automaton.table.len()).unwrap_or(u32::MAX));
    let definition = MapDefinition {
        name: map.clone(),
        kind: MapKind::Array,
        key_size,
        value_size,
        max_entries: 1,
        flags: map_flag::READ_ONLY_FOR_PROGRAMS,
    };
    let key = hexadecimal(0u32.to_le_bytes());
    let entries = BTreeMap::from([(key, hexadecimal(automaton.table.iter().copied()))]);
    (definition, MapImage { map, key_size, value_size, entries })
}

/// How many bits count, then the text.
fn key(pattern: &[u8]) -> String {
    let bits = u32::try_from(pattern.len() * 8).unwrap_or(0);
    let padding = std::iter::repeat_n(0, TEXT_BYTES.saturating_sub(pattern.len()));
    let bytes = bits.to_le_bytes().into_iter().chain(pattern.iter().copied()).chain(padding);
    hexadecimal(bytes)
}
