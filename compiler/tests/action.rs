//! The GitHub action and the pre-commit hooks do what they say, with this repository's own policies.
//! The steps of the action are run as GitHub runs them.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test reads and writes files, and it fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;

#[derive(Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    runs: Runs,
}

#[derive(Deserialize)]
struct Input {
    default: String,
}

#[derive(Deserialize)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    shell: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    run: String,
}

#[derive(Deserialize)]
struct Hook {
    id: String,
    language: String,
    entry: String,
    #[serde(default)]
    args: Vec<String>,
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository")
}

fn action() -> Action {
    let text = std::fs::read_to_string(top().join("action.yml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

fn hook(id: &str) -> Hook {
    let text = std::fs::read_to_string(top().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: Vec<Hook> = serde_yaml::from_str(&text).unwrap();
    hooks.into_iter().find(|hook| hook.id == id).unwrap()
}

/// A folder with this repository's policies, which goes away with the test.
struct Checkout(PathBuf);

impl Checkout {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("writ-action-{}", std::process::id()));
        let checkout = Self(folder.join(name));
        std::fs::create_dir_all(checkout.0.join(".git")).unwrap();
        for policy in std::fs::read_dir(top().join("policies")).unwrap() {
            let policy = policy.unwrap();
            for file in ["policy.yaml", "policy.writ"] {
                let from = policy.path().join(file);
                if from.is_file() {
                    let to = checkout.0.join("policies").join(policy.file_name());
                    std::fs::create_dir_all(&to).unwrap();
                    std::fs::copy(from, to.join(file)).unwrap();
                }
            }
        }
        checkout
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.0.join(path), text).unwrap();
    }

    fn has(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }

    /// Runs the steps of the action until one fails, and gives the last one's output.
    fn act(&self, inputs: &[(&str, &str)]) -> Output {
        let action = action();
        let mut last = None;
        for step in &action.runs.steps {
            let output = Command::new("bash")
                .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step.run])
                .envs(step.env.iter().map(|(name, value)| (name, given(value, &action, inputs))))
                .env("GITHUB_ACTION_PATH", top())
                .env("WRIT", env!("CARGO_BIN_EXE_writ"))
                .current_dir(&self.0)
                .output()
                .unwrap();
            let goes_on = output.status.success();
            last = Some(output);
            if !goes_on {
                break;
            }
        }
        last.unwrap()
    }

    fn hook(&self, hook: &Hook, more: &[&str]) -> Output {
        let mut words = hook.entry.split_whitespace();
        Command::new(top().join(words.next().unwrap()))
            .args(words)
            .args(&hook.args)
            .args(more)
            .env("WRIT", env!("CARGO_BIN_EXE_writ"))
            .current_dir(&self.0)
            .output()
            .unwrap()
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The value of `${{ inputs.NAME }}`.
fn given(value: &str, action: &Action, inputs: &[(&str, &str)]) -> String {
    let name = value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}")).unwrap();
    let default = &action.inputs.get(name).expect("an environment variable is an input").default;
    let asked = inputs.iter().find(|(asked, _)| *asked == name);
    asked.map_or_else(|| default.clone(), |(_, value)| (*value).to_owned())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn inputs_never_stand_in_a_script() {
    let action = action();
    assert_eq!(action.runs.using, "composite");
    for step in &action.runs.steps {
        assert!(!step.run.contains("${{"), "{}", step.run);
        assert_eq!(step.shell, "bash");
    }
    let used: Vec<&String> = action.runs.steps.iter().flat_map(|step| step.env.values()).collect();
    for name in action.inputs.keys() {
        assert!(used.contains(&&format!("${{{{ inputs.{name} }}}}")), "{name} is used nowhere");
    }
}

#[test]
fn the_action_passes_our_own_policies_and_annotates_what_it_finds() {
    let checkout = Checkout::new("own");
    let output = checkout.act(&[("kernels", "5.10,6.1"), ("sarif-file", "writ.sarif")]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}{}", text(&output.stderr));
    assert!(out.contains("::warning file=policies/"), "{out}");
    assert!(checkout.has("writ.sarif"));
}

#[test]
fn the_action_fails_at_the_level_that_is_asked_for() {
    let checkout = Checkout::new("level");
    let output = checkout.act(&[("fail-level", "warning"), ("kernels", "6.1")]);
    assert_eq!(output.status.code(), Some(1));
    checkout.write("writ.toml", "[rules]\nTP09 = \"off\"\nTP06 = \"off\"\n");
    let output = checkout.act(&[("fail-level", "warning"), ("kernels", "6.1")]);
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn the_action_takes_several_paths_with_blanks_in_them() {
    let checkout = Checkout::new("paths");
    checkout.write("a b.yaml", "kind: TracingPolicy\nspc: 1\n");
    let output = checkout.act(&[("paths", "policies\na b.yaml\n"), ("kernels", "6.1")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("::error file=a b.yaml"), "{}", text(&output.stdout));
}

#[test]
fn hostile_inputs_are_only_texts() {
    let checkout = Checkout::new("hostile");
    let hostile =
        ["$(touch gone)", "`touch gone`", "\"; touch gone; \"", "'; touch gone; '", "--no-config"];
    for name in action().inputs.keys() {
        for value in hostile {
            let output = checkout.act(&[(name, value), ("paths", "policies")]);
            assert!(!checkout.has("gone"), "{name}: {value}");
            // As a file to write it is a file; as anything else it is refused.
            assert!(name == "sarif-file" || !output.status.success(), "{name}: {value}");
        }
    }
}

#[test]
fn the_hook_passes_our_own_policies_and_fails_on_a_mistake() {
    let checkout = Checkout::new("hook");
    let hook = hook("writ-check");
    assert_eq!(hook.language, "script");
    let output = checkout.hook(&hook, &[]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    checkout.write("policies/wrong.yaml", "kind: TracingPolicy\nspc: 1\n");
    assert_eq!(checkout.hook(&hook, &[]).status.code(), Some(1));
}

#[test]
fn the_hook_formats_policies_in_the_writ_language() {
    let checkout = Checkout::new("format");
    checkout.write("a.writ", "policy   \"opened\" {\n on kprobe security_file_open(file);\n}\n");
    let output = checkout.hook(&hook("writ-format"), &["a.writ"]);
    assert!(output.status.code().is_some(), "{}", text(&output.stderr));
    let formatted = std::fs::read_to_string(checkout.0.join("a.writ")).unwrap();
    assert!(formatted.starts_with("policy \"opened\" {\n  on"), "{formatted}");
}
