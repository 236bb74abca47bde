//! Sets that the whole bundle shares: of executables, and of processes whose descendants count.

use writ_bundle::FollowSet;

use crate::set::TextSet;

/// The sets that were asked for so far, each once.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub binary: Vec<TextSet>,
    pub follow: Vec<FollowSet>,
}

impl Sets {
    /// The number of the set of executables with these patterns.
    pub(super) fn binary(&mut self, set: &TextSet) -> u32 {
        let plain = set.plain();
        let known = self.binary.iter().position(|known| known.plain() == plain);
        let at = known.unwrap_or_else(|| {
            self.binary.push(set.clone());
            self.binary.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The number of the set of processes with these ids.
    pub(super) fn follow(&mut self, pids: &[u32], is_namespace_pid: bool) -> u32 {
        let mut pids = pids.to_vec();
        pids.sort_unstable();
        pids.dedup();
        let set = FollowSet { pids, namespace: is_namespace_pid };
        let known = self.follow.iter().position(|known| *known == set);
        let at = known.unwrap_or_else(|| {
            self.follow.push(set);
            self.follow.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }
}
