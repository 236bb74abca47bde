//! Random events.

use std::collections::BTreeMap;

use writ::ir::Module;
use writ::ir::interpret::{Event, Process};
use writ::policy::{CapabilitySet, NamespaceKind};
use writ_bundle::Mode;

use super::{LOWEST_NAMESPACE, SMALL};
use crate::machine::HOST_NAMESPACES;
use crate::random::Random;
use crate::random::processes::{capability_bits, known};
use crate::random::workloads::workload;

/// An event without values.
pub(super) fn event(random: &mut Random, module: &Module, time: u64) -> Event {
    let pid = small(random);
    let host: BTreeMap<NamespaceKind, u32> =
        NamespaceKind::ALL.into_iter().zip(HOST_NAMESPACES).collect();
    let mut namespaces = host.clone();
    for kind in NamespaceKind::ALL {
        match random.below(6) {
            0 => drop(namespaces.remove(&kind)),
            1 | 2 => drop(namespaces.insert(kind, LOWEST_NAMESPACE + small(random))),
            _ => {}
        }
    }
    let capabilities: BTreeMap<CapabilitySet, u64> =
        CapabilitySet::ALL.into_iter().map(|set| (set, capability_bits(random))).collect();
    let known = known(random, &namespaces, &capabilities);
    let modes = (0..).zip(&module.policies).filter(|_| random.once_in(2)).map(|(number, _)| number);
    let modes: Vec<u32> = modes.collect();
    let mode =
        |random: &mut Random| *random.one_of(&[Mode::Enforce, Mode::Monitor, Mode::Disabled]);
    Event {
        values: BTreeMap::new(),
        file_types: BTreeMap::new(),
        process: Process {
            pid,
            tid: pid + small(random),
            namespace_pid: small(random),
            known,
            workload: workload(random),
        },
        cookie: 0,
        call: 0,
        frame: 0,
        namespaces,
        capabilities,
        host_namespaces: host,
        time,
        modes: modes.into_iter().map(|policy| (policy, mode(random))).collect(),
    }
}

fn small(random: &mut Random) -> u32 {
    u32::try_from(random.below(SMALL.into())).unwrap_or(0)
}
