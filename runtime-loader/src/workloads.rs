//! Which cgroup belongs to which container of which pod.
//!
//! A [`Source`] tells which pods there are; where their cgroups are, the node itself shows. A source
//! that asks a container runtime or Kubernetes is a further variant of it.

mod cgroup;
mod file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Serialize;
use writ_bundle::record::workload;
use writ_bundle::{Labels, Manifest, Workload, WorkloadSet};

use crate::code::{self, Problem};
use crate::container;
use cgroup::Cgroup;
use file::Files;

/// Who tells which pods run on this node.
#[derive(Debug)]
pub enum Source {
    /// Nobody: all processes are the host's.
    None,
    /// Files that somebody writes.
    Files(Files),
}

impl Source {
    /// What `--workloads` names, a file or a directory; or nothing.
    pub fn of(path: Option<&Path>) -> Self {
        path.map_or(Self::None, |path| Self::Files(Files::new(path)))
    }

    /// The containers, when they may be others than when this was asked last.
    fn changed(&mut self) -> Result<Option<Vec<Container>>, Problem> {
        match self {
            Self::None => Ok(None),
            Self::Files(files) => files.changed(),
        }
    }
}

/// A container of a pod, as sets ask about it and as events show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    pub workload: Workload,
    /// The first characters of its id, as [`container::container_id`] finds them in cgroups' names.
    pub short_id: String,
    /// Its cgroup below the root of the hierarchy, when the source knows it.
    pub cgroup: Option<PathBuf>,
    pub shown: Rc<ShownPod>,
}

/// `process.pod` of events, as Tetragon's `Pod` in `api/v1/tetragon/tetragon.proto`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShownPod {
    pub namespace: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    pub container: ShownContainer,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub pod_labels: Labels,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub workload: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub workload_kind: String,
}

/// The container in a [`ShownPod`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShownContainer {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ShownImage>,
}

/// The image of a [`ShownContainer`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShownImage {
    pub id: String,
    pub name: String,
}

/// What the map [`writ_bundle::maps::WORKLOADS`] holds: by cgroup id, the sets that it is in.
pub type Entries = BTreeMap<u64, [u8; workload::SIZE]>;

/// The containers of the node and their cgroups, as they were when they were looked at last.
#[derive(Debug)]
pub struct Workloads {
    source: Source,
    /// Where the unified hierarchy is mounted.
    root: Option<PathBuf>,
    containers: Vec<Container>,
    /// Cgroup id to a place in `containers`; `None` is the host's.
    cgroups: BTreeMap<u64, Option<usize>>,
}

impl Workloads {
    /// Looks at the source and the cgroups for the first time, when there is need.
    ///
    /// # Errors
    ///
    /// When a policy asks about workloads and the node has no unified cgroup hierarchy, or when the
    /// source cannot be read.
    pub fn new(source: Source, need: Need) -> Result<Self, Problem> {
        let is_needed = need == Need::Asked || !matches!(source, Source::None);
        let root = if is_needed { cgroup::root() } else { None };
        if root.is_none() && need == Need::Asked {
            return Err(Problem::new(
                &code::UNIFIED_CGROUPS,
                "policies are for some workloads only, and no cgroup2 is mounted",
            ));
        }
        let (containers, cgroups) = (Vec::new(), BTreeMap::new());
        let mut workloads = Self { source, root, containers, cgroups };
        workloads.refresh()?;
        Ok(workloads)
    }

    /// Looks again. The answer is whether anything is different.
    ///
    /// # Errors
    ///
    /// When the source cannot be read; what was known stays.
    pub fn refresh(&mut self) -> Result<bool, Problem> {
        let Some(root) = &self.root else { return Ok(false) };
        let containers = self.source.changed();
        let is_other = if let Ok(Some(containers)) = &containers {
            self.containers.clone_from(containers);
            true
        } else {
            false
        };
        let cgroups = self.located(&cgroup::below(root));
        let is_different = is_other || cgroups != self.cgroups;
        self.cgroups = cgroups;
        containers.map(|_| is_different)
    }

    /// The container of each cgroup: its own, else that of the cgroup it is in.
    fn located(&self, all: &[Cgroup]) -> BTreeMap<u64, Option<usize>> {
        let mut by_id = BTreeMap::new();
        let mut by_path: BTreeMap<&Path, usize> = BTreeMap::new();
        for (place, one) in self.containers.iter().enumerate() {
            match &one.cgroup {
                Some(path) => drop(by_path.insert(path, place)),
                None => drop(by_id.insert(one.short_id.as_str(), place)),
            }
        }
        let mut owners: Vec<Option<usize>> = Vec::with_capacity(all.len());
        for one in all {
            let id = container::container_id(&one.name);
            let own = by_path.get(one.path.as_path()).or_else(|| by_id.get(id.as_str()));
            let inherited = || owners.get(one.parent?).copied().flatten();
            owners.push(own.copied().or_else(inherited));
        }
        all.iter().map(|one| one.id).zip(owners).collect()
    }

    /// The entries for a bundle: those of containers, then those of the host, which the programs
    /// can do without.
    pub fn entries(&self, manifest: &Manifest) -> Entries {
        let sets = &manifest.workload_sets;
        if sets.is_empty() {
            return Entries::new();
        }
        let host = bits(sets, None);
        let own: Vec<_> =
            self.containers.iter().map(|one| bits(sets, Some(&one.workload))).collect();
        let of = |place: Option<usize>| place.and_then(|place| own.get(place)).unwrap_or(&host);
        self.cgroups.iter().map(|(id, place)| (*id, *of(*place))).collect()
    }

    /// The pod that a process in this cgroup belongs to.
    pub fn of_cgroup(&self, id: u64) -> Option<&Container> {
        self.containers.get((*self.cgroups.get(&id)?)?)
    }

    /// The pod that a process in this container belongs to.
    pub fn of_container(&self, short_id: &str) -> Option<&Container> {
        if short_id.is_empty() {
            return None;
        }
        self.containers.iter().find(|one| one.short_id == short_id)
    }
}

/// Whether a policy asks about workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Asked,
    NotAsked,
}

fn bits(sets: &[WorkloadSet], workload: Option<&Workload>) -> [u8; workload::SIZE] {
    let mut bytes = [0; workload::SIZE];
    for (number, set) in sets.iter().enumerate() {
        if let (true, Some(byte)) = (set.contains(workload), bytes.get_mut(number / 8)) {
            *byte |= 1 << (number % 8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
