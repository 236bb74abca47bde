//! How often a place of the kernel is passed on a busy machine.

use super::rate_table::{EVENTS, FUNCTIONS, LSM_HOOKS, SYSCALLS};

/// How often a place is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Hits a second on a busy machine, all processors together: an order of magnitude.
    pub hits: u64,
    /// A number at hand that tells most hits from those that matter, with an article.
    pub told_by: Option<&'static str>,
}

impl Rate {
    pub(super) const fn of(hits: u64) -> Self {
        Self { hits, told_by: None }
    }

    pub(super) const fn told_by(hits: u64, number: &'static str) -> Self {
        Self { hits, told_by: Some(number) }
    }

    /// Whether the whole machine pays for a program there, whatever that does.
    pub fn is_hot(self) -> bool {
        self.hits >= 100_000
    }
}

/// The rate of a function; `None` when it is not known to be busy.
pub fn of_function(name: &str) -> Option<Rate> {
    find(FUNCTIONS, &name)
}

/// The rate of an LSM hook.
pub fn of_lsm_hook(name: &str) -> Option<Rate> {
    find(LSM_HOOKS, &name)
}

/// The rate of a system call, by its function's name without prefix.
pub fn of_syscall(name: &str) -> Option<Rate> {
    find(SYSCALLS, &name)
}

/// The rate of a tracepoint.
pub fn of_event(subsystem: &str, event: &str) -> Option<Rate> {
    find(EVENTS, &(subsystem, event))
}

fn find<K: PartialEq>(table: &[(K, Rate)], key: &K) -> Option<Rate> {
    table.iter().find(|(known, _)| known == key).map(|(_, rate)| *rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_hot_and_opening_is_not() {
        assert!(of_lsm_hook("file_permission").is_some_and(Rate::is_hot));
        assert!(of_lsm_hook("file_open").is_some_and(|rate| !rate.is_hot()));
        assert_eq!(of_lsm_hook("bprm_check_security"), None);
        assert!(of_event("raw_syscalls", "sys_enter").is_some_and(Rate::is_hot));
    }
}
