//! `writ fmt` as its users run it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "the command works on files")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of its own for one test.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn fmt(folder: &PathBuf, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_writ"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).arg("fmt").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

const LOOSE: &str = "policy \"p\" {\n  mode   monitor # why\n}\n";
const STRICT: &str = "policy \"p\" {\n  mode monitor # why\n}\n";

#[test]
fn files_are_formatted_in_place() {
    let folder = folder("fmt-in-place", &[("a.writ", LOOSE), ("b.yaml", "a:   b\n")]);
    assert_eq!(fmt(&folder, &[]), (Some(0), String::new(), String::new()));
    assert_eq!(std::fs::read_to_string(folder.join("a.writ")).unwrap(), STRICT);
    assert_eq!(std::fs::read_to_string(folder.join("b.yaml")).unwrap(), "a:   b\n");
}

#[test]
fn check_shows_the_difference_and_changes_nothing() {
    let folder = folder("fmt-check", &[("a.writ", LOOSE), ("b.writ", STRICT)]);
    let expected = "--- a.writ\n+++ a.writ (formatted)\n@@ -1,3 +1,3 @@\n policy \"p\" {\n\
                    -  mode   monitor # why\n+  mode monitor # why\n }\n";
    let found = fmt(&folder, &["--check", "a.writ", "b.writ"]);
    assert_eq!(found, (Some(1), expected.to_owned(), String::new()));
    assert_eq!(std::fs::read_to_string(folder.join("a.writ")).unwrap(), LOOSE);
    assert_eq!(fmt(&folder, &["--check", "b.writ"]).0, Some(0));
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_the_others_are_formatted() {
    let broken = "policy   \"p\" {\n  mode loud\n}\n";
    let folder = folder("fmt-broken", &[("a.writ", broken), ("b.writ", LOOSE)]);
    let (code, stdout, stderr) = fmt(&folder, &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("write one of `enforce` or `monitor`"), "{stderr}");
    assert_eq!(std::fs::read_to_string(folder.join("a.writ")).unwrap(), broken);
    assert_eq!(std::fs::read_to_string(folder.join("b.writ")).unwrap(), STRICT);
}
