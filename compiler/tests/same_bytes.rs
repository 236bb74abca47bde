//! The same policies give the same bytes, wherever and by whomever they are compiled.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The policy library, as a list of names and texts.
fn library() -> Vec<(PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let mut folders = vec![top.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("policy.yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(&top).unwrap().to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// Compiles `files` in a new directory `home`, in which they are created in this order.
fn compile<'a>(
    home: &Path,
    files: impl Iterator<Item = &'a (PathBuf, String)>,
    environment: &[(&str, &str)],
) -> Vec<u8> {
    for (name, text) in files {
        let path = home.join("policies").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_writ"))
        .args(["compile", "policies", "--kernel", "6.1", "--output", "bundle.bpf.o"])
        .current_dir(home)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    std::fs::read(home.join("bundle.bpf.o")).unwrap()
}

#[test]
fn directory_environment_and_the_order_of_files_leave_no_trace() {
    let files = library();
    assert!(files.len() >= 4, "{files:?}");
    let top = std::env::temp_dir().join(format!("writ-same-bytes-{}", std::process::id()));
    let german = [("LC_ALL", "de_DE.UTF-8"), ("TZ", "Asia/Tokyo"), ("COLUMNS", "40")];
    let plain = [("LC_ALL", "C"), ("HOME", "/nonexistent"), ("NO_COLOR", "1")];
    let one = compile(&top.join("one"), files.iter(), &german);
    let two = compile(&top.join("a/longer/way/to two"), files.iter().rev(), &plain);
    std::fs::remove_dir_all(&top).unwrap();
    assert!(one == two, "the bundles differ");
    let path = top.to_string_lossy().into_owned();
    let found = one.windows(path.len()).any(|window| window == path.as_bytes());
    assert!(!found, "a path of the machine is in the bundle");
}
