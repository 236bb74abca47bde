//! What has to hold before anything is linked. A breach is a defect of who made the object.

use std::collections::BTreeSet;

use writ_bundle::Manifest;

use super::PackError;
use super::library::Library;
use crate::machine::{self, RelocationKind};

/// Whether all names are unique, and short enough for the kernel.
pub(super) fn names(object: &machine::Object, library: &Library<'_>) -> Result<(), PackError> {
    let mut names: BTreeSet<&str> = library.routines.keys().map(String::as_str).collect();
    names.extend(library.maps.keys().map(String::as_str));
    let programs = object.programs.iter().map(|program| program.name.as_str());
    let maps = object.maps.iter().map(|map| map.name.as_str());
    for name in programs.clone().chain(maps) {
        if !names.insert(name) {
            return Err(PackError::NameTwice(name.to_owned()));
        }
    }
    match programs.into_iter().find(|name| name.len() > machine::NAME_MAX) {
        Some(name) => Err(PackError::NameTooLong(name.to_owned())),
        None => Ok(()),
    }
}

/// Whether everything that the programs refer to is in the library or in `object`.
pub(super) fn symbols(object: &machine::Object, library: &Library<'_>) -> Result<(), PackError> {
    let is_data = |symbol: &str| {
        library.maps.contains_key(symbol)
            || library.has_global(symbol)
            || object.maps.iter().any(|map| map.name == symbol)
    };
    for program in &object.programs {
        let name = || program.name.clone();
        for relocation in program.code.relocations() {
            let symbol = relocation.symbol;
            match relocation.kind {
                RelocationKind::Call if !library.routines.contains_key(symbol) => {
                    let routine = symbol.to_owned();
                    return Err(PackError::UndefinedRoutine { program: name(), routine });
                }
                RelocationKind::Address if !is_data(symbol) => {
                    let symbol = symbol.to_owned();
                    return Err(PackError::UndefinedSymbol { program: name(), symbol });
                }
                RelocationKind::Call | RelocationKind::Address => {}
            }
        }
    }
    Ok(())
}

/// Whether the manifest lists the programs of `object`, in their order.
pub(super) fn programs(manifest: &Manifest, object: &machine::Object) -> Result<(), PackError> {
    if manifest.programs.len() != object.programs.len() {
        let counts = format!("{} and {}", manifest.programs.len(), object.programs.len());
        return Err(PackError::Manifest(counts));
    }
    for (listed, program) in manifest.programs.iter().zip(&object.programs) {
        if listed.name != program.name || listed.attach != program.attach {
            return Err(PackError::Manifest(format!("`{}` and `{}`", listed.name, program.name)));
        }
    }
    Ok(())
}
