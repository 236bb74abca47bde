//! The kernels to answer for, and the names that all of them know.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::kernel::Profile;

/// Kernels, kept warm between questions.
#[derive(Debug, Default)]
pub struct Kernels {
    profiles: Vec<Profile>,
    functions: OnceLock<Vec<String>>,
    syscalls: OnceLock<Vec<String>>,
    lsm_hooks: OnceLock<Vec<String>>,
    /// `subsystem:event`
    tracepoints: OnceLock<Vec<String>>,
    raw_tracepoints: OnceLock<Vec<String>>,
}

impl Kernels {
    /// These kernels. Their lists of names are made when they are first asked for.
    pub fn new(profiles: Vec<Profile>) -> Self {
        Self { profiles, ..Self::default() }
    }

    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Functions that can be hooked on all kernels, ordered.
    pub(super) fn functions(&self) -> &[String] {
        self.functions.get_or_init(|| {
            self.common(|profile| {
                let traceable: BTreeSet<&str> = profile.traceable_functions().collect();
                if traceable.is_empty() { profile.functions().collect() } else { traceable }
            })
        })
    }

    /// System calls of all kernels, without prefix, ordered.
    pub(super) fn syscalls(&self) -> &[String] {
        self.syscalls.get_or_init(|| self.common(|profile| profile.syscalls().collect()))
    }

    /// LSM hooks of all kernels, ordered.
    pub(super) fn lsm_hooks(&self) -> &[String] {
        self.lsm_hooks.get_or_init(|| self.common(|profile| profile.lsm_hooks().collect()))
    }

    /// Tracepoints of all kernels, as `subsystem:event`, ordered.
    pub(super) fn tracepoints(&self) -> &[String] {
        self.tracepoints.get_or_init(|| {
            let names = |profile: &Profile| -> BTreeSet<String> {
                let events = profile.tracepoints();
                events.map(|(subsystem, event)| format!("{subsystem}:{event}")).collect()
            };
            let mut sets = self.profiles.iter().map(names);
            let first = sets.next().unwrap_or_default();
            sets.fold(first, |common, set| &common & &set).into_iter().collect()
        })
    }

    /// Raw tracepoints of all kernels, ordered.
    pub(super) fn raw_tracepoints(&self) -> &[String] {
        self.raw_tracepoints
            .get_or_init(|| self.common(|profile| profile.raw_tracepoints().collect()))
    }

    fn common<'p>(&'p self, names: impl Fn(&'p Profile) -> BTreeSet<&'p str>) -> Vec<String> {
        let mut sets = self.profiles.iter().map(names);
        let first = sets.next().unwrap_or_default();
        let common = sets.fold(first, |common, set| &common & &set);
        common.into_iter().map(str::to_owned).collect()
    }
}

/// Those of an ordered list of names that begin with `start`.
pub(super) fn beginning<'n>(names: &'n [String], start: &str) -> impl Iterator<Item = &'n str> {
    let first = names.partition_point(|name| name.as_str() < start);
    let start = start.to_owned();
    names.iter().skip(first).map(String::as_str).take_while(move |name| name.starts_with(&start))
}
