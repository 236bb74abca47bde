//! The cgroups of the node, in the unified hierarchy (cgroup v2).
#![expect(clippy::disallowed_methods, reason = "the loader reads /proc and cgroup2")]

use std::fs;
use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// A cgroup. Its id, as `bpf_get_current_cgroup_id` gives it, is its directory's inode number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cgroup {
    pub(super) id: u64,
    /// Its directory's name; empty for the root.
    pub(super) name: String,
    /// Below the root.
    pub(super) path: PathBuf,
    /// The place in the list of the cgroup that it is in.
    pub(super) parent: Option<usize>,
}

/// Cgroups that are looked at: no node has as many.
const COUNT_MAX: usize = 1 << 16;

/// Where a cgroup2 file system is mounted with its root, as `/proc/self/mountinfo` says.
pub(super) fn root() -> Option<PathBuf> {
    // Anybody who may mount chooses names in it, and they need not be UTF-8.
    let mounts = fs::read("/proc/self/mountinfo").ok()?;
    String::from_utf8_lossy(&mounts).lines().find_map(mounted).map(PathBuf::from)
}

fn mounted(line: &str) -> Option<&str> {
    let (place, kind) = line.split_once(" - ")?;
    let is_unified = kind.split(' ').next() == Some("cgroup2");
    place.split(' ').nth(4).filter(|_| is_unified)
}

/// The root and every cgroup below it, each after the one that it is in. What cannot be read is left
/// out: cgroups come and go.
pub(super) fn below(root: &Path) -> Vec<Cgroup> {
    let Ok(metadata) = fs::metadata(root) else { return Vec::new() };
    let (name, path) = (String::new(), PathBuf::new());
    let mut all = vec![Cgroup { id: metadata.ino(), name, path, parent: None }];
    let mut next = 0;
    while let Some(parent) = all.get(next).filter(|_| all.len() < COUNT_MAX) {
        let path = parent.path.clone();
        let entries = fs::read_dir(root.join(&path)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = path.join(entry.file_name());
            all.push(Cgroup { id: entry.ino(), name, path, parent: Some(next) });
        }
        next += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_unified_hierarchy_is_one() {
        let unified =
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
        let old = "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";
        assert_eq!(mounted(unified), Some("/sys/fs/cgroup"));
        assert_eq!(mounted(old), None);
    }

    #[test]
    fn every_directory_stands_after_its_parent_with_its_inode_number() {
        let root = std::env::temp_dir().join(format!("writ-cgroups-{}", std::process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        let all = below(&root);
        let paths: Vec<_> = all.iter().map(|one| one.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["", "a", "a/b"]);
        assert_eq!(all[2].parent, Some(1));
        assert_eq!(all[2].id, fs::metadata(root.join("a/b")).unwrap().ino());
        fs::remove_dir_all(root).unwrap();
    }
}
