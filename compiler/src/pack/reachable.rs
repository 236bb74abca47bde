//! What programs reach of the runtime library. The rest is left out: loaders create every map of
//! an object, and a map that the kernel does not have fails the whole load.

use std::collections::BTreeSet;

use super::library::{Library, Target};
use crate::machine::{Program, RelocationKind};

/// Names of what is kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reachable {
    pub(super) routines: BTreeSet<String>,
    /// Maps of the library only.
    pub(super) maps: BTreeSet<String>,
}

/// Follows the relocations of `programs`, and those of the routines that they reach.
pub(super) fn from_programs(programs: &[Program], library: &Library<'_>) -> Reachable {
    let mut reached = Reachable::default();
    let mut waiting: Vec<&str> = Vec::new();
    for relocation in programs.iter().flat_map(|program| program.code.relocations()) {
        match relocation.kind {
            RelocationKind::Call => waiting.push(relocation.symbol),
            RelocationKind::Address => reached.add_map(relocation.symbol, library),
        }
    }
    while let Some(name) = waiting.pop() {
        let Some(routine) = library.routines.get(name) else { continue };
        if !reached.routines.insert(name.to_owned()) {
            continue;
        }
        for reference in &routine.references {
            match &reference.target {
                Target::Routine(routine) => waiting.push(routine),
                Target::Data(symbol) => reached.add_map(symbol, library),
                Target::Section(_) => {}
            }
        }
    }
    reached
}

impl Reachable {
    fn add_map(&mut self, symbol: &str, library: &Library<'_>) {
        if library.maps.contains_key(symbol) {
            self.maps.insert(symbol.to_owned());
        }
    }
}
