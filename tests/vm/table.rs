//! Which scenario ran on which kernel, and by which programs: `tests/vm/RAN.md`.
//!
//! A run of all scenarios on all kernels makes the table anew and compares it with the committed
//! one, so that nothing stops being proved unnoticed. `WRIT_VM_TABLE=write` commits what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use writ_bundle::Manifest;

use crate::files;

const FILE: &str = "tests/vm/RAN.md";

/// The profiles of the table's columns.
pub(crate) const PROFILES: &[&str] = &["5.10+lsm=bpf", "5.10", "6.1", "6.12", "7.2"];

/// What is in each cell, by scenario and profile.
#[derive(Default)]
pub(crate) struct Table {
    cells: BTreeMap<(String, &'static str), BTreeSet<String>>,
}

impl Table {
    /// A bundle of the scenario ran.
    pub(crate) fn ran(&mut self, scenario: &str, profile: &'static str, manifest: &Manifest) {
        let hooked = manifest.programs.iter().filter(|program| !program.hooks.is_empty());
        let ways = hooked.map(|program| {
            let attach = serde_json::to_value(&program.attach).unwrap();
            attach["type"].as_str().expect("each way has a name").to_owned()
        });
        self.cells.entry((scenario.to_owned(), profile)).or_default().extend(ways);
    }

    /// The kernel lacks what the policy asks for, and the compiler said so.
    pub(crate) fn refused(&mut self, scenario: &str, profile: &'static str, codes: &[&str]) {
        let cell = self.cells.entry((scenario.to_owned(), profile)).or_default();
        cell.extend(codes.iter().map(|code| format!("refused: {code}")));
    }

    /// How it differs from the committed table, if it does.
    pub(crate) fn difference(&self, profiles: &[&'static str]) -> Option<String> {
        let text = self.text(profiles);
        let path = files::top().join(FILE);
        if std::env::var("WRIT_VM_TABLE").as_deref() == Ok("write") {
            std::fs::write(&path, text).unwrap();
            return None;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let changed: Vec<&str> = text.lines().filter(|line| !committed.contains(line)).collect();
        (text != committed).then(|| {
            format!(
                "{FILE} says otherwise; WRIT_VM_TABLE=write takes what was seen:\n{}",
                changed.join("\n")
            )
        })
    }

    fn text(&self, profiles: &[&'static str]) -> String {
        let mut text = String::from(HEAD);
        let _ = writeln!(text, "| scenario | {} |", profiles.join(" | "));
        let _ = writeln!(text, "|---|{}", "---|".repeat(profiles.len()));
        let scenarios: BTreeSet<&String> = self.cells.keys().map(|(name, _)| name).collect();
        for scenario in scenarios {
            let cell = |profile: &&'static str| match self.cells.get(&(scenario.clone(), *profile))
            {
                Some(ways) => ways.iter().cloned().collect::<Vec<_>>().join(", "),
                None => String::new(),
            };
            let cells: Vec<String> = profiles.iter().map(cell).collect();
            let _ = writeln!(text, "| {scenario} | {} |", cells.join(" | "));
        }
        text
    }
}

const HEAD: &str = "\
# What ran where

Each scenario of `scenarios/` with the ways in which its programs were attached to the kernel that \
it acted on.
`refused` stands where a kernel lacks what the policy asks for: the compiler must say so, and the \
code is the one it said it with.
`5.10+lsm=bpf` is booted only for scenarios with an LSM program; an empty cell there is the same \
as 5.10.

Made by `WRIT_VM=require WRIT_VM_TABLE=write cargo test -p conformance policies_act`; without \
`WRIT_VM_TABLE`, that test fails when the table says otherwise.

";
