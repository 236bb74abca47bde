//! Who may import whom in the compiler. The table is the architecture; `compiler/ARCHITECTURE.md`
//! says why.

use crate::files;

/// A module of `compiler/src`, and the modules that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    // Nouns.
    ("source", &[]),
    ("ids", &[]),
    ("set", &["source"]),
    ("diagnostic", &["source"]),
    ("policy", &["source"]),
    ("kernel", &["ids"]),
    ("resolved", &["kernel", "policy", "set", "source"]),
    ("ir", &["diagnostic", "ids", "policy", "resolved", "set", "source"]),
    ("machine", &["kernel", "source"]),
    ("difference", &[]),
    ("engine", &[]),
    ("plain", &[]),
    ("project", &["kernel", "diagnostic", "engine", "source"]),
    // Verbs.
    ("parse", &["policy", "diagnostic", "source"]),
    ("resolve", &["policy", "kernel", "resolved", "set", "diagnostic", "source"]),
    ("check", &["engine", "resolved", "policy", "kernel", "set", "diagnostic", "source"]),
    ("lower", &["resolved", "policy", "ir", "ids", "set", "diagnostic", "source"]),
    (
        "generate",
        &["ir", "ids", "machine", "kernel", "policy", "resolved", "set", "diagnostic", "source"],
    ),
    ("pack", &["machine", "ir", "kernel", "set", "source"]),
    ("compare", &["difference"]),
    ("convert", &["policy", "plain", "engine", "diagnostic", "source"]),
    ("render", &["diagnostic", "difference", "source"]),
    // Glue.
    (
        "driver",
        &[
            "source",
            "diagnostic",
            "engine",
            "policy",
            "kernel",
            "resolved",
            "ir",
            "machine",
            "resolve",
            "check",
            "lower",
            "generate",
            "pack",
            "convert",
            "plain",
        ],
    ),
    ("editor", &["parse", "policy", "kernel"]),
    (
        "cli",
        &[
            "driver",
            "parse",
            "compare",
            "render",
            "kernel",
            "diagnostic",
            "engine",
            "difference",
            "editor",
            "plain",
            "policy",
            "project",
            "source",
            "ir",
            "machine",
        ],
    ),
    // The crate's root and the command name everything.
    ("lib", &[]),
    ("main", &[]),
];

#[test]
fn modules_import_only_what_the_table_allows() {
    let root = files::top().join("compiler/src");
    let mut breaches = Vec::new();
    // Tests may call any phase to make their input.
    for path in files::below(&root).iter().filter(|path| !path.ends_with("tests.rs")) {
        let relative = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        breaches.extend(breaches_in(&relative, &files::text(path)));
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn a_planted_breach_is_found() {
    let text = "use crate::{policy::Policy, check};\nfn f() { crate::lower::lower(); }\n";
    let breaches = breaches_in("source.rs", text);
    assert_eq!(
        breaches,
        [
            "src/source.rs: `source` may not use `check`",
            "src/source.rs: `source` may not use `lower`",
            "src/source.rs: `source` may not use `policy`",
        ]
    );
}

#[test]
fn every_module_is_in_the_table() {
    let root = files::top().join("compiler/src");
    let missing: Vec<String> = files::below(&root)
        .iter()
        .map(|path| module(&path.strip_prefix(&root).unwrap().to_string_lossy()).to_owned())
        .filter(|module| !MAY_USE.iter().any(|(known, _)| known == module))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_loader_does_not_know_the_compiler() {
    let manifest = files::text(&files::top().join("runtime-loader/Cargo.toml"));
    let names_compiler = manifest.lines().any(|line| line.starts_with("writ."));
    assert!(!names_compiler, "writ-loader may import writ-bundle only");
}

fn module(relative: &str) -> &str {
    relative.split('/').next().unwrap_or("").trim_end_matches(".rs")
}

fn breaches_in(relative: &str, text: &str) -> Vec<String> {
    let from = module(relative);
    let allowed = MAY_USE.iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, may)| may);
    let mut used = used_modules(&without_tests_and_comments(text));
    used.sort();
    used.dedup();
    used.into_iter()
        .filter(|to| to != from && !allowed.contains(&to.as_str()))
        .map(|to| format!("src/{relative}: `{from}` may not use `{to}`"))
        .collect()
}

/// Tests may call earlier phases to make their input; documentation may link anywhere.
fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that the code names, by `crate::x` or `crate::{x, y::z}`.
fn used_modules(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let preceded =
            code[..at].chars().next_back().is_some_and(|c| c == '_' || c.is_alphanumeric());
        let rest = &code[at + "crate::".len()..];
        if preceded {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(group) => used.extend(group_heads(group)),
            None => used.push(word(rest)),
        }
    }
    used
}

/// The first word of each part of `{a, b::{c, d}}`, after the opening brace.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut at_head) = (0, Vec::new(), true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            _ if at_head && !character.is_whitespace() => {
                heads.push(word(&group[at..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
