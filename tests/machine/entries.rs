//! The entries that process tracking would have made of a process.

use writ::ir::Module;
use writ::ir::interpret::KnownProcess;
use writ::policy::{CapabilitySet, NamespaceKind};
use writ_bundle::Workload;
use writ_bundle::record::{baseline, lineage, process, workload};

/// Of the map of processes.
pub(crate) fn process_entry(module: &Module, known: &KnownProcess) -> Vec<u8> {
    let mut entry = vec![0; process::SIZE];
    put(&mut entry, process::BINARY_SETS, &sets(module, [&known.executable]));
    put(&mut entry, process::DESCENDS, &known.descends.to_le_bytes());
    entry
}

/// What the loader makes of the cgroup of a workload, or of the host.
pub(crate) fn workload_entry(module: &Module, one: Option<&Workload>) -> Vec<u8> {
    let mut entry = vec![0; workload::SIZE];
    for (number, set) in module.workload_sets.iter().enumerate() {
        if set.contains(one) {
            entry[number / 8] |= 1 << (number % 8);
        }
    }
    entry
}

/// Of the map of lineages.
pub(crate) fn lineage_entry(module: &Module, known: &KnownProcess) -> Vec<u8> {
    let mut entry = vec![0; lineage::SIZE];
    let line = [&known.executable].into_iter().chain(&known.line);
    put(&mut entry, lineage::LINE, &sets(module, line));
    if let Some(parent) = &known.parent {
        let line = [&parent.executable].into_iter().chain(&parent.line);
        put(&mut entry, lineage::PARENT, &sets(module, [&parent.executable]));
        put(&mut entry, lineage::PARENT_LINE, &sets(module, line));
        put(&mut entry, lineage::HAS_PARENT, &1_u64.to_le_bytes());
    }
    entry
}

/// Of the map of baselines.
pub(crate) fn baseline_entry(known: &KnownProcess) -> Vec<u8> {
    let mut entry = vec![0; baseline::SIZE];
    for (place, kind) in NamespaceKind::ALL.iter().enumerate() {
        let inode = known.started.namespaces.get(kind).copied().unwrap_or(0);
        put(&mut entry, baseline::NAMESPACES + place * 4, &inode.to_le_bytes());
    }
    let order = [CapabilitySet::Permitted, CapabilitySet::Effective, CapabilitySet::Inheritable];
    for (place, set) in order.iter().enumerate() {
        let bits = known.started.capabilities.get(set).copied().unwrap_or(0);
        put(&mut entry, baseline::CAPABILITIES + place * 8, &bits.to_le_bytes());
    }
    entry
}

/// A bit for each set of the module that one of `paths` is in.
fn sets<'a>(module: &Module, paths: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let mut bits = vec![0; process::BINARY_SETS_MAX / 8];
    for path in paths {
        let numbered = module.binary_sets.iter().enumerate();
        for (number, _) in numbered.filter(|(_, set)| set.contains(path)) {
            bits[number / 8] |= 1 << (number % 8);
        }
    }
    bits
}

fn put(entry: &mut [u8], offset: usize, bytes: &[u8]) {
    entry[offset..offset + bytes.len()].copy_from_slice(bytes);
}
