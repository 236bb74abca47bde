//! What the whole bundle asks of processes: sets of executables, sets of processes whose descendants
//! count, and what else must be kept of each process.

use std::collections::BTreeMap;

use writ_bundle::{FollowSet, WorkloadSet};

use crate::ir::CallList;
use crate::set::TextSet;

/// The sets that were asked for so far, each once.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub binary: Vec<TextSet>,
    pub follow: Vec<FollowSet>,
    /// Whether executables of a process's family are asked about.
    pub asks_lineage: bool,
    /// Whether it is asked what changed since a process was started.
    pub asks_baseline: bool,
    /// Which number a set has, whatever the places its patterns were written at.
    binary_numbers: BTreeMap<writ_bundle::TextSet, usize>,
    follow_numbers: BTreeMap<FollowSet, usize>,
    pub workload: Vec<WorkloadSet>,
    workload_numbers: BTreeMap<WorkloadSet, usize>,
    pub calls: Vec<CallList>,
}

impl Sets {
    /// The number of the set of executables with these patterns.
    pub(super) fn binary(&mut self, set: &TextSet) -> u32 {
        let next = self.binary.len();
        let number = *self.binary_numbers.entry(set.plain()).or_insert(next);
        if number == next {
            self.binary.push(set.clone());
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The number of the set of these workloads.
    pub(super) fn workload(&mut self, set: WorkloadSet) -> u32 {
        let next = self.workload.len();
        let number = *self.workload_numbers.entry(set.clone()).or_insert(next);
        if number == next {
            self.workload.push(set);
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The number of the list of these system calls.
    pub(super) fn calls(&mut self, numbers: Vec<Vec<u32>>) -> u32 {
        let list = CallList { numbers };
        let number = self.calls.iter().position(|one| *one == list).unwrap_or_else(|| {
            self.calls.push(list);
            self.calls.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The number of the set of processes with these ids.
    pub(super) fn follow(&mut self, pids: &[u32], is_namespace_pid: bool) -> u32 {
        let mut pids = pids.to_vec();
        pids.sort_unstable();
        pids.dedup();
        let next = self.follow.len();
        let set = FollowSet { pids, namespace: is_namespace_pid };
        let number = *self.follow_numbers.entry(set.clone()).or_insert(next);
        if number == next {
            self.follow.push(set);
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}
