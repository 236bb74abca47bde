//! Whether other tools can use a bundle: bpftool loads it, and shows policy lines in the kernel's
//! own listing of the programs.

use std::path::Path;
use std::process::Command;

use super::guest::Results;
use crate::files;

/// Scenarios whose bundles bpftool loads. Together they have every kind of program.
pub(crate) const BUNDLES: &[&str] = &[
    "denies-exec-by-lsm",
    "finds-paths",
    "finds-paths.kprobe",
    "reads-raw-tracepoints",
    "reads-tracepoints",
    "reports-returns",
    "reports-returns.kprobe",
];

/// Where bpftool is; `None` when it is not installed.
pub(crate) fn place() -> Option<&'static Path> {
    ["/usr/sbin/bpftool", "/usr/bin/bpftool"].iter().map(Path::new).find(|place| place.exists())
}

/// Copies bpftool with its libraries, for guests that have none.
pub(crate) fn copy(bpftool: &Path, payload: &Path) {
    let folder = payload.join("bpftool");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(bpftool, folder.join("bpftool")).unwrap();
    let listed = Command::new("ldd").arg(bpftool).output().expect("ldd starts");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')).map(Path::new) {
        let name = library.file_name().unwrap().to_string_lossy();
        // The guest calls it by this name, whatever it is here.
        let name = if name.starts_with("ld-linux") { "ld.so" } else { &*name };
        std::fs::copy(library, folder.join(name)).unwrap();
    }
    std::fs::write(folder.join("bundles"), BUNDLES.join("\n") + "\n").unwrap();
    std::fs::copy(files::top().join("tests/vm/bpftool.sh"), payload.join("bpftool.sh")).unwrap();
}

/// Whether bpftool loaded the bundle of a run and showed its policy, if it was asked to.
///
/// # Errors
///
/// What it said instead.
pub(crate) fn check(name: &str, results: &Results) -> Result<(), String> {
    if !BUNDLES.contains(&name) {
        return Ok(());
    }
    let loaded = results.text(name, "bpftool");
    if loaded.trim() != "loaded" {
        return Err(format!("bpftool does not load the bundle:\n{loaded}"));
    }
    let scenario = name.trim_end_matches(".kprobe");
    let line = format!("; tests/vm/scenarios/{scenario}/policy.yaml:");
    let listing = results.text(name, "xlated");
    if listing.lines().any(|shown| shown.trim_start().starts_with(&line)) {
        return Ok(());
    }
    let start: String = listing.chars().take(2000).collect();
    Err(format!("bpftool shows no line of the policy:\n{start}"))
}
