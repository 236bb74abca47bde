//! The JSON Schema of TracingPolicy: it is a schema, takes what the parser takes, and refuses
//! planted mistakes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "policies are files")]

use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;
use writ::diagnostic::{Diagnostics, Severity};
use writ::editor::json_schema;
use writ::parse::{Language, parse};
use writ::source::SourceMap;

fn schema() -> Value {
    serde_json::from_str(&json_schema::policy()).unwrap()
}

/// Every policy of a YAML text, as JSON; nothing when it is no YAML that `serde_yaml` reads.
fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map_while(|document| Value::deserialize(document).ok())
        .filter(|document| {
            let kind = document.get("kind").and_then(Value::as_str);
            kind.is_some_and(|kind| kind.starts_with("TracingPolicy"))
        })
        .collect()
}

/// Whether the parser finds nothing wrong.
fn is_well_formed(text: &str) -> bool {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.yaml", text);
    let mut diagnostics = Diagnostics::default();
    parse(source, Language::Yaml, &sources, &mut diagnostics);
    diagnostics.iter().all(|diagnostic| diagnostic.severity < Severity::Error)
}

fn yaml_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let is_yaml = entry.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        if entry.is_dir() {
            files.extend(yaml_below(&entry));
        } else if is_yaml {
            files.push(entry);
        }
    }
    files
}

/// How many policies of a folder the parser takes; the schema must take them too.
fn takes_what_the_parser_takes(folder: &Path) -> usize {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut count = 0;
    for file in yaml_below(folder) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if !is_well_formed(&text) {
            continue;
        }
        for document in documents(&text) {
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}\n{}", file.display(), errors.join("\n"));
            count += 1;
        }
    }
    count
}

#[test]
fn it_is_a_schema_of_draft_7() {
    let schema = schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::validate(&schema).is_ok());
}

#[test]
fn it_takes_the_policies_of_the_repository() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let count: usize = ["policies", "tests/cases"]
        .map(|folder| takes_what_the_parser_takes(&top.join(folder)))
        .iter()
        .sum();
    assert!(count > 20, "{count}");
}

#[test]
fn it_takes_what_the_parser_takes_of_the_corpus() {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(corpus) = start.ancestors().map(|up| up.join("shared/corpus")).find(|at| at.is_dir())
    else {
        println!("skipped: there is no corpus beside the repository");
        return;
    };
    let count = takes_what_the_parser_takes(&corpus);
    println!("{count} policies");
    assert!(count > 50, "{count}");
}

const GOOD: &str = r#"
apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata: { name: good }
spec:
  kprobes:
  - call: sys_openat
    syscall: true
    args: [{ index: 1, type: string }]
    tags: [one, two]
    selectors:
    - matchBinaries: [{ operator: In, values: ["/usr/bin/cat"] }]
      matchArgs: [{ index: 1, operator: Prefix, values: ["/etc/"] }]
      matchActions: [{ action: Override, argError: -1 }]
"#;

#[test]
fn it_refuses_planted_mistakes() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let is_valid = |text: &str| validator.is_valid(documents(text).first().unwrap());
    assert!(is_valid(GOOD));
    for (good, bad) in [
        ("spec:", "spek:"),
        ("kind: TracingPolicy", "kind: TracingPolicyNamespaced"),
        ("kind: TracingPolicy", "kind: TracingPolicyGlobal"),
        ("name: good", "name: good, namespace: shop"),
        ("metadata: { name: good }", "metadata: {}"),
        ("call:", "cal:"),
        ("syscall: true", "syscall: \"true\""),
        ("index: 1, type", "type"),
        ("index: 1, type", "index: -1, type"),
        ("type: string", "type: text"),
        ("operator: Prefix", "operator: prefix"),
        ("operator: In,", "operator: Equal,"),
        ("[\"/etc/\"]", "\"/etc/\""),
        ("[{ operator: In,", "[{ operator: In, values: [a] }, { operator: In,"),
        ("tags: [one, two]", "tags: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]"),
        ("action: Override", "action: Deny"),
        ("argError: -1", "argError: -4294967296"),
    ] {
        let text = GOOD.replacen(good, bad, 1);
        assert_ne!(text, GOOD, "{good}");
        assert!(!is_valid(&text), "{bad}");
    }
}

#[test]
fn every_key_is_described_and_defaults_are_there() {
    let schema = schema();
    let definitions = schema["definitions"].as_object().unwrap();
    for (name, definition) in definitions {
        for (key, property) in definition["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{name}.{key}");
        }
    }
    assert_eq!(definitions["kprobe"]["properties"]["syscall"]["default"], true);
    assert_eq!(definitions["argument"]["properties"]["type"]["default"], "auto");
    assert_eq!(definitions["kprobe"]["properties"]["tags"]["maxItems"], 16);
    assert_eq!(definitions["kprobe"]["required"], serde_json::json!(["call"]));
}
