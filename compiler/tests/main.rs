//! What the compiler does for those who use it: the command, the language server and the library.

mod across;
mod action;
mod check;
mod format;
mod hooks;
mod hostile;
mod lsp;
mod planted;
mod policy_schema;
mod project;
mod resolve;
mod resolve_language;
mod resolve_programs;
mod same_bytes;
mod subtleties;

/// A file that is not named above is not compiled, and so its tests would never run.
#[test]
fn every_file_of_tests_is_a_module() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let source = include_str!("main.rs");
    let names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().any(|name| name == "main.rs"), "{names:?}");
    for name in names.iter().filter_map(|name| name.strip_suffix(".rs")) {
        let is_named = source.lines().any(|line| line == format!("mod {name};"));
        assert!(is_named || name == "main", "tests/{name}.rs is not a module of tests/main.rs");
    }
}
