//! What programs ask about the calling process.

use writ::policy::{CapabilitySet, NamespaceKind};
use writ_bundle::record::process as entry;

use crate::machine::world::in_world;

pub(super) fn process(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.process.is_empty() { 0 } else { world.process.as_ptr() as u64 })
}

/// As generated code knows it: the first 31 sets, and a bit above them.
pub(super) fn binaries(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    const KNOWN: u64 = 1 << 31;
    in_world(|world| {
        let sets = world.process.get(entry::BINARY_SETS..entry::BINARY_SETS + 8);
        let word = sets.map(|sets| u64::from_le_bytes(sets.try_into().unwrap_or_default()));
        word.map_or(0, |word| KNOWN | (word & (KNOWN - 1)))
    })
}

pub(super) fn lineage(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.lineage.is_empty() { 0 } else { world.lineage.as_ptr() as u64 })
}

pub(super) fn capability(set: CapabilitySet) -> u64 {
    in_world(|world| world.event.capabilities.get(&set).copied().unwrap_or(0))
}

pub(super) fn capability_changes(set: CapabilitySet) -> u64 {
    let now = capability(set);
    in_world(|world| {
        let Some(known) = &world.event.process.known else { return 0 };
        let before = known.started.capabilities.get(&set).copied().unwrap_or(0);
        1 << 63 | (before ^ now)
    })
}

pub(super) fn namespace_changes(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| {
        let Some(known) = &world.event.process.known else { return 0 };
        let mut changes = 1 << 16;
        for (place, kind) in NamespaceKind::ALL.iter().enumerate() {
            let inodes = [&known.started.namespaces, &world.event.namespaces]
                .map(|all| all.get(kind).copied().unwrap_or(0));
            if inodes[0] != inodes[1] && !inodes.contains(&0) {
                changes |= 1 << place;
            }
        }
        changes
    })
}

pub(super) fn workload(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_world(|world| if world.workload.is_empty() { 0 } else { world.workload.as_ptr() as u64 })
}

pub(super) fn namespace(kind: NamespaceKind) -> u64 {
    in_world(|world| world.event.namespaces.get(&kind).copied().map_or(0, u64::from))
}
