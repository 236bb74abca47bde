//! What the programs keep of a process that runs already, besides its entry: for bundles that ask.

use std::collections::BTreeMap;

use writ_bundle::Manifest;
use writ_bundle::record::{NAMESPACES, baseline, lineage};

use super::{Found, Sets, binary_sets, namespace_inode, put, status_line, text};

/// [`writ_bundle::record::lineage`] of this process. An executable that one of them ran before the
/// one that it runs now is not known.
pub fn lineage_value(
    found: &Found,
    all: &BTreeMap<u32, Found>,
    manifest: &Manifest,
) -> [u8; lineage::SIZE] {
    let mut value = [0; lineage::SIZE];
    put(&mut value, lineage::LINE, &line(found, all, manifest));
    if let Some(parent) = all.get(&found.process.parent.pid) {
        put(&mut value, lineage::PARENT, &binary_sets(&parent.executable, manifest));
        put(&mut value, lineage::PARENT_LINE, &line(parent, all, manifest));
        put(&mut value, lineage::HAS_PARENT, &1_u64.to_le_bytes());
    }
    value
}

/// The sets that the executable of the process or of an ancestor is in.
fn line(found: &Found, all: &BTreeMap<u32, Found>, manifest: &Manifest) -> Sets {
    let mut bits = Sets::default();
    let mut current = Some(found);
    // As for descendants, the two ends of a cycle may have been read at different times.
    for _ in 0..=all.len() {
        let Some(one) = current else { break };
        for (to, from) in bits.iter_mut().zip(binary_sets(&one.executable, manifest)) {
            *to |= from;
        }
        current = all.get(&one.process.parent.pid);
    }
    bits
}

/// [`writ_bundle::record::baseline`] of this process as it is now; `None` when it has ended. What it
/// was when it was started cannot be learnt any more.
pub fn baseline_value(pid: u32) -> Option<[u8; baseline::SIZE]> {
    let status = text(&format!("/proc/{pid}/status"))?;
    let mut value = [0; baseline::SIZE];
    for (place, kind) in NAMESPACES.iter().enumerate() {
        let inode = namespace_inode(pid, kind).unwrap_or(0);
        put(&mut value, baseline::NAMESPACES + place * 4, &inode.to_le_bytes());
    }
    for (place, name) in ["CapPrm:", "CapEff:", "CapInh:"].into_iter().enumerate() {
        let bits = capabilities(&status, name).unwrap_or(0);
        put(&mut value, baseline::CAPABILITIES + place * 8, &bits.to_le_bytes());
    }
    Some(value)
}

fn capabilities(status: &str, name: &str) -> Option<u64> {
    u64::from_str_radix(status_line(status, name)?.next()?, 16).ok()
}
