//! The section `.text` of a bundle: which functions of the library are in it, and where.

use std::collections::{BTreeMap, BTreeSet};

use super::library::Library;

/// The functions of the library that are kept, and where each begins in `.text`.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) bases: BTreeMap<String, u64>,
}

impl Text {
    /// In the order of names: the same functions always give the same layout.
    pub(super) fn lay_out(library: &Library<'_>, reached: &BTreeSet<String>) -> Self {
        let mut end = 0;
        let kept = library.routines.iter().filter(|(name, _)| reached.contains(*name));
        let bases = kept
            .map(|(name, routine)| {
                let base = end;
                end += routine.code.len() as u64;
                (name.clone(), base)
            })
            .collect();
        Self { bases }
    }

    /// The same bases by the names of the sections from which the functions came.
    pub(super) fn bases_by_section(&self, library: &Library<'_>) -> BTreeMap<String, u64> {
        let section = |name| library.routines.get(name).map(|routine| routine.section.clone());
        self.bases.iter().filter_map(|(name, base)| Some((section(name)?, *base))).collect()
    }
}
