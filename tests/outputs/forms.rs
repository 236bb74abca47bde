//! Each form is what its readers expect.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::{ExitCode, Failure, attempt, folder, policies, writ};

fn printed(format: &str) -> String {
    let done = writ(&["check", &policies(), "--kernel", "6.12", "--format", format]);
    assert_eq!(done.code, ExitCode::Findings);
    done.stdout
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// How many findings there are in all.
fn count() -> usize {
    json(&printed("json"))["findings"].as_array().unwrap().len()
}

#[test]
fn sarif_follows_the_official_schema() {
    let report = json(&printed("sarif"));
    valid(&official_sarif_schema(), &report);
}

#[test]
fn sarif_has_what_github_code_scanning_needs() {
    let report = json(&printed("sarif"));
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), count());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut fingerprints = BTreeSet::new();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty());
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        let fingerprint = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(fingerprints.insert(fingerprint.as_str().unwrap()), "twice: {result}");
    }
}

#[test]
fn json_follows_our_schema() {
    let schema = json(&writ(&["schema", "report"]).stdout);
    let report = json(&printed("json"));
    assert!(jsonschema::meta::is_valid(&schema));
    valid(&schema, &report);
    let findings = report["findings"].as_array().unwrap();
    for key in ["also", "help", "notes", "kernels", "fixes"] {
        assert!(findings.iter().any(|finding| finding.get(key).is_some()), "nothing has `{key}`");
    }
}

#[test]
fn junit_is_well_formed_and_has_every_finding() {
    let text = printed("junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let tests = document.descendants().filter(|node| node.has_tag_name("testcase"));
    assert_eq!(tests.filter(|test| test.attribute("line").is_some()).count(), count());
    let failures = document.descendants().filter(|node| node.has_tag_name("failure")).count();
    assert_eq!(document.root_element().attribute("failures").unwrap(), failures.to_string());
}

#[test]
fn gitlab_gets_a_list_of_issues_with_distinct_fingerprints() {
    let report = json(&printed("gitlab"));
    let issues = report.as_array().unwrap();
    let fingerprints: BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((issues.len(), fingerprints.len()), (count(), count()));
    for issue in issues {
        assert!(["info", "minor", "critical"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
    }
}

#[test]
fn github_gets_one_command_a_finding() {
    let text = printed("github");
    let commands = ["::error file=", "::warning file=", "::notice file="];
    assert!(text.lines().all(|line| commands.iter().any(|command| line.starts_with(command))));
    assert_eq!(text.lines().count(), count());
}

#[test]
fn the_short_form_has_one_line_a_finding() {
    assert_eq!(printed("short").lines().count(), count());
}

#[test]
fn several_forms_go_to_several_places() {
    let folder = folder("several-forms");
    let [sarif, gitlab] = ["a.sarif", "b.json"].map(|name| folder.join(name).display().to_string());
    let files = [format!("sarif={sarif}"), format!("gitlab={gitlab}")];
    let done = writ(&[
        "check",
        &policies(),
        "--kernel",
        "6.12",
        "--format",
        "short,github",
        "--output-file",
        &files[0],
        "--output-file",
        &files[1],
    ]);
    assert_eq!(done.stdout, printed("short") + &printed("github"));
    assert_eq!(std::fs::read_to_string(sarif).unwrap(), printed("sarif"));
    assert_eq!(std::fs::read_to_string(gitlab).unwrap(), printed("gitlab"));
}

#[test]
fn a_file_without_a_form_gets_what_would_be_printed() {
    let path = folder("one-form").join("report").display().to_string();
    let done = writ(&["check", &policies(), "--format", "json", "--output-file", &path]);
    assert_eq!(done.stdout, "");
    assert_eq!(json(&std::fs::read_to_string(path).unwrap())["tool"], "writ");
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure_of_the_environment() {
    let path = format!("json={}", folder("no-folder").join("none/report").display());
    let failure = attempt(&["check", &policies(), "--output-file", &path]).err().unwrap();
    assert!(matches!(failure, Failure::Environment { .. }));
    assert_eq!(failure.exit_code(), ExitCode::Environment);
}

fn valid(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// The schema, as the crate `serde-sarif` carries it in its source.
fn official_sarif_schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(crate::files::top())
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo cannot say where its packages are: {problem}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let mut schema = json(&crate::files::text(&manifest.with_file_name("src/schema.json")));
    // One pattern has a bracket too many, which only some dialects forgive. We do not write the
    // property.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    schema
}

/// Of two functions, one has been renamed to the other.
#[test]
fn inspecting_for_several_kernels_writes_one_report() {
    let folder = folder("inspected");
    let [policy, report] =
        ["p.writ", "report.json"].map(|name| folder.join(name).display().to_string());
    let text = "policy \"p\" {\n  on kprobe security_bpf_map_alloc()\n  on kprobe \
                security_bpf_map_create()\n}\n";
    std::fs::write(&policy, text).unwrap();
    let kernels = ["--kernel", "6.12,5.10", "--format", "json", "--output-file", &report];
    let done = writ(&[&["inspect", &policy][..], &kernels].concat());
    assert_eq!(done.code, ExitCode::Findings);
    let report = json(&std::fs::read_to_string(&report).unwrap());
    let on: BTreeSet<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|finding| finding["kernels"].as_array().unwrap())
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(on, BTreeSet::from(["5.10", "6.12"]), "{report}");
}
