//! Random pasts of a process.

use std::collections::BTreeMap;

use writ::ir::interpret::{KnownProcess, Parent, Started};
use writ::policy::{CapabilitySet, NamespaceKind};

use super::Random;
use super::conditions::text;

/// What process tracking may have found out about a process that has these namespaces and
/// capabilities now; `None` now and then.
pub(crate) fn known(
    random: &mut Random,
    namespaces: &BTreeMap<NamespaceKind, u32>,
    capabilities: &BTreeMap<CapabilitySet, u64>,
) -> Option<KnownProcess> {
    if random.once_in(4) {
        return None;
    }
    let line = |random: &mut Random| -> Vec<Vec<u8>> {
        (0..random.length(0..3)).map(|_| text(random).into_bytes()).collect()
    };
    let parent = (!random.once_in(4))
        .then(|| Parent { executable: text(random).into_bytes(), line: line(random) });
    Some(KnownProcess {
        executable: text(random).into_bytes(),
        descends: random.bits(),
        line: line(random),
        parent,
        started: started(random, namespaces, capabilities),
    })
}

/// Much as it is now.
fn started(
    random: &mut Random,
    namespaces: &BTreeMap<NamespaceKind, u32>,
    capabilities: &BTreeMap<CapabilitySet, u64>,
) -> Started {
    let mut before = Started { namespaces: namespaces.clone(), capabilities: capabilities.clone() };
    for kind in NamespaceKind::ALL {
        match random.below(8) {
            1 => drop(before.namespaces.remove(&kind)),
            2 => drop(before.namespaces.insert(kind, 0xf123_4567)),
            _ => {}
        }
    }
    for bits in before.capabilities.values_mut() {
        if random.once_in(3) {
            *bits ^= capability_bits(random);
        }
    }
    before
}

/// Some capabilities. The last bit is none.
pub(crate) fn capability_bits(random: &mut Random) -> u64 {
    random.bits() & u64::MAX >> 1
}
