//! A policy in YAML and the same in the Writ language compile to the same intermediate
//! representation.

use std::path::Path;

use crate::cases;
use crate::files;

#[test]
fn twins_mean_the_same() {
    let mut count = 0;
    for folder in [files::top().join("policies"), files::top().join("tests/cases")] {
        for yaml in files::below(&folder).iter().filter(|path| path.ends_with("policy.yaml")) {
            let writ = yaml.with_file_name("policy.writ");
            if writ.exists() {
                count += 1;
                for kernel in ["5.10", "6.12"] {
                    assert_eq!(meaning(yaml, kernel), meaning(&writ, kernel), "{}", writ.display());
                }
            }
        }
    }
    assert!(count >= 4, "the user's four policies have twins, and {count} were found");
}

/// The policy's meaning without places: what its manifest says of it, and its programs' images.
fn meaning(path: &Path, kernel: &str) -> String {
    let run = cases::compile(path, kernel);
    let Some(compiled) = run.compiled else {
        return format!("refused: {}", run.diagnostics);
    };
    let mut manifest = serde_json::to_value(&compiled.manifest).unwrap();
    forget_places(&mut manifest);
    // Instructions are compared too, but their margin shows the text that they came from.
    let empty = writ::source::SourceMap::default();
    let assembly: Vec<String> = compiled
        .object
        .programs
        .iter()
        .map(|program| writ::machine::print(&program.code, &empty))
        .collect();
    format!("{manifest:#}\n{}", assembly.join("\n"))
}

fn forget_places(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.remove("at");
            fields.remove("sources");
            fields.values_mut().for_each(forget_places);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget_places),
        _ => {}
    }
}
