//! Tetragon's own examples, where they are at hand: accepted and refused as Tetragon does.
#![expect(clippy::disallowed_methods, reason = "a test may read files")]

use super::read;
use std::path::Path;

/// The corpus lies beside the repository, on machines that have it.
fn corpus() -> Option<(std::path::PathBuf, String)> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = start.ancestors().map(|up| up.join("shared/corpus")).find(|at| at.is_dir())?;
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).ok()?;
    Some((folder, manifest))
}

#[test]
fn tetragons_examples_are_accepted_and_refused_as_by_tetragon() {
    let Some((folder, manifest)) = corpus() else {
        println!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut differences = Vec::new();
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, _, _, answer, ..] = columns.as_slice() else { continue };
        let outcome = read(&std::fs::read_to_string(folder.join(file)).unwrap());
        let is_refused = outcome.errors() > 0;
        if is_refused != answer.starts_with("ERR") {
            differences.push(format!("{file}: Tetragon {answer}, here {:?}", outcome.findings()));
        }
    }
    // Tetragon reads the first document alone, which is a Pod there. Here the policy after it is
    // read and the Pod passed over with a note.
    differences.retain(|line| !line.contains("file-block-kubectl-exec-access"));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
