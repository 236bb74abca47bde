//! Nothing lies about: every snapshot has its case, and every file of a case is known.

use std::collections::BTreeSet;

use crate::{cases, files};

#[test]
fn every_snapshot_has_its_case() {
    let root = files::top().join("snapshots");
    let names: BTreeSet<String> =
        cases::folders().iter().map(|folder| cases::name(folder)).collect();
    for path in files::below(&root) {
        let folder = path.parent().unwrap().strip_prefix(&root).unwrap();
        let known = names.contains(&*folder.to_string_lossy());
        let readme = path.ends_with("README.md");
        assert!(known || readme, "{} belongs to no case", path.display());
    }
}

#[test]
fn every_case_has_its_snapshots() {
    for folder in cases::folders() {
        let case = cases::read(&folder);
        let mut wanted = vec!["diagnostics"];
        if case.expect == cases::Expect::Accept {
            wanted.extend(["ir", "bundle"]);
        }
        if case.assembly {
            wanted.push("assembly");
        }
        let name = cases::name(&folder);
        let have: BTreeSet<String> = files::below(&files::top().join("snapshots").join(&name))
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let wanted: BTreeSet<String> = wanted.into_iter().map(String::from).collect();
        assert_eq!(have, wanted, "{name}");
    }
}

#[test]
fn a_case_holds_nothing_unknown() {
    let known = ["policy.yaml", "policy.writ", "case.yaml"];
    for path in files::below(&files::top().join("tests/cases")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(known.contains(&name.as_str()), "{}", path.display());
        let folder = path.parent().unwrap();
        assert!(folder.join("case.yaml").exists(), "{} has no case.yaml", folder.display());
    }
}
