//! What `writ.toml`, suppressions and baselines do, through the command itself.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test reads and writes files, and it fails by panicking"
)]

use std::path::{Path, PathBuf};

use clap::Parser as _;
use serde_json::Value;
use writ::cli::{Arguments, ExitCode};

/// A policy with one note: TP0904 at `"/etc/ssh"` in line 16.
const POLICY: &str = r#"apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: opened-files
spec:
  kprobes:
    - call: "security_file_open"
      syscall: false
      args:
        - index: 0
          type: "file"
      selectors:
        - matchArgs:
            - index: 0
              operator: "Prefix"
              values: ["/etc/ssh"]
"#;

/// The same in the Writ language, with a comment before the rule.
fn writ(comment: &str) -> String {
    format!(
        "policy \"opened-files\" {{\n  on kprobe security_file_open(file) {{\n    {comment}\n    \
         when file.path starts_with \"/etc/ssh\" => post\n  }}\n}}\n"
    )
}

/// The policy with a comment at the end of the line in which the note begins.
fn with(comment: &str) -> String {
    POLICY.replace("[\"/etc/ssh\"]", &format!("[\"/etc/ssh\"] {comment}"))
}

/// A folder of files that goes away with the test.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("writ-project-{}", std::process::id()));
        let repository = Self(folder.join(name));
        // Nothing above is to apply.
        std::fs::create_dir_all(repository.0.join(".git")).unwrap();
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs `writ check`, with a `@` for the folder in each argument.
    fn check(&self, arguments: &[&str]) -> Checked {
        let mut line = vec!["writ", "check", "--format", "json"];
        line.extend(arguments);
        if !arguments.contains(&"--kernel") && !self.has_kernels() {
            line.extend(["--kernel", "6.1"]);
        }
        let (code, out) = self.run(&line);
        Checked { code, report: serde_json::from_str(&out).unwrap(), folder: self.0.clone() }
    }

    fn has_kernels(&self) -> bool {
        std::fs::read_to_string(self.path("writ.toml")).is_ok_and(|text| text.contains("kernels"))
    }

    fn run(&self, line: &[&str]) -> (ExitCode, String) {
        let folder = self.0.display().to_string();
        let line = line.iter().map(|word| word.replace('@', &folder));
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let arguments = Arguments::try_parse_from(line).unwrap();
        let code = writ::cli::run(arguments, &mut out, &mut errors).unwrap();
        if out.is_empty() {
            out = errors;
        }
        (code, String::from_utf8(out).unwrap())
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Checked {
    code: ExitCode,
    report: Value,
    folder: PathBuf,
}

impl Checked {
    /// File, line, severity and code of every finding.
    fn found(&self) -> Vec<String> {
        let findings = self.report["findings"].as_array().unwrap();
        let line = |finding: &Value| {
            let place = &finding["place"];
            let file = Path::new(place["file"].as_str().unwrap());
            let file = file.strip_prefix(&self.folder).unwrap_or(file).display();
            let [severity, code] = ["severity", "code"].map(|key| finding[key].as_str().unwrap());
            format!("{file}:{} {severity} {code}", place["line"])
        };
        findings.iter().map(line).collect()
    }

    fn hidden(&self) -> (u64, u64) {
        let count = |key: &str| self.report[key].as_u64().unwrap();
        (count("suppressed"), count("known"))
    }
}

#[test]
fn without_settings_a_note_is_a_note() {
    let repository = Repository::new("plain", &[("a.yaml", POLICY)]);
    let checked = repository.check(&["@/a.yaml"]);
    assert_eq!(checked.found(), ["a.yaml:16 note TP0904"]);
    assert_eq!(checked.code, ExitCode::Clean);
}

#[test]
fn levels_hold_for_rules_and_paths_and_the_command_line_is_strongest() {
    let settings = "fail-level = \"warning\"\n[rules]\nprefix-boundary = \"warning\"\n\
                    [[path]]\nfiles = [\"old\"]\nrules = { TP0904 = \"off\" }\n";
    let files = [("writ.toml", settings), ("a.yaml", POLICY), ("old/b.yaml", POLICY)];
    let repository = Repository::new("levels", &files);
    let checked = repository.check(&["@"]);
    assert_eq!(checked.found(), ["a.yaml:16 warning TP0904"]);
    assert_eq!(checked.code, ExitCode::Findings);
    assert_eq!(repository.check(&["@/old/b.yaml"]).found(), [""; 0]);

    let checked = repository.check(&["@", "--level", "TP0904=error"]);
    assert_eq!(checked.found(), ["a.yaml:16 error TP0904", "old/b.yaml:16 error TP0904"]);
    assert_eq!(repository.check(&["@", "--fail-level", "error"]).code, ExitCode::Clean);
    let checked = repository.check(&["@", "--no-config"]);
    assert_eq!(checked.found(), ["a.yaml:16 note TP0904", "old/b.yaml:16 note TP0904"]);
}

#[test]
fn the_nearest_settings_apply_and_none_from_outside_the_repository() {
    let files = [
        ("writ.toml", "[rules]\nTP0904 = \"warning\"\n"),
        ("a.yaml", POLICY),
        ("team/writ.toml", "fail-level = \"note\"\n"),
        ("team/deep/b.yaml", POLICY),
        ("other/.git/config", ""),
        ("other/c.yaml", POLICY),
    ];
    let repository = Repository::new("nearest", &files);
    let checked = repository.check(&["@/a.yaml", "@/team", "@/other"]);
    assert_eq!(
        checked.found(),
        [
            "a.yaml:16 warning TP0904",
            "team/deep/b.yaml:16 note TP0904",
            "other/c.yaml:16 note TP0904"
        ]
    );
    // The note fails where `team/writ.toml` says so.
    assert_eq!(checked.code, ExitCode::Findings);
    assert_eq!(repository.check(&["@/a.yaml"]).code, ExitCode::Clean);
    let checked = repository.check(&["@/team", "--config", "@/writ.toml"]);
    assert_eq!(checked.found(), ["team/deep/b.yaml:16 warning TP0904"]);
}

#[test]
fn excluded_files_are_left_out_and_named_ones_are_said_to_be() {
    let settings = "[[path]]\nfiles = [\"*.draft.yaml\"]\nexclude = true\n";
    let files = [("writ.toml", settings), ("a.yaml", POLICY), ("b.draft.yaml", "kind: [")];
    let repository = Repository::new("excluded", &files);
    assert_eq!(repository.check(&["@"]).found(), ["a.yaml:16 note TP0904"]);
    assert_eq!(repository.check(&["@/b.draft.yaml"]).found(), ["writ.toml:3 note TP0024"]);
}

#[test]
fn kernels_are_names_or_files_beside_the_settings() {
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/kernels/5.10.wprofile");
    let settings = "kernels = [\"6.1\", \"profiles/node.wprofile\"]\n";
    let files = [("writ.toml", settings), ("a.yaml", POLICY), ("profiles/node.wprofile", "")];
    let repository = Repository::new("kernels", &files);
    std::fs::copy(profile, repository.path("profiles/node.wprofile")).unwrap();
    let (_, out) = repository.run(&["writ", "check", "@"]);
    let heading = out.lines().find(|line| line.starts_with("policy ")).unwrap();
    assert_eq!(heading.split_whitespace().collect::<Vec<_>>(), ["policy", "6.1", "5.10"]);

    repository.write("writ.toml", "kernels = [\"6.11\", \"6.1\", \"6.1+lsm\"]\n");
    let checked = repository.check(&["@"]);
    let wrong = "writ.toml:1 error TP0012";
    assert_eq!(checked.found().iter().filter(|line| *line == wrong).count(), 2);
    assert_eq!(checked.code, ExitCode::Findings);
}

#[test]
fn the_engine_of_the_settings_decides_what_an_error_is() {
    let policy = POLICY.replace("security_file_open", "security_file_opn");
    let settings = "engine = \"tetragon\"\n";
    let repository = Repository::new("engine", &[("writ.toml", settings), ("a.yaml", &policy)]);
    let (_, shown) = repository.run(&["writ", "check", "--show-config", "@/a.yaml"]);
    assert!(shown.contains("engine = \"tetragon@1.7\""), "{shown}");
    let (code, _) = repository.run(&["writ", "check", "--engine", "writ", "@", "--kernel", "6.1"]);
    assert_eq!(code, ExitCode::Findings);
}

#[test]
fn a_suppression_hides_in_both_languages_and_is_counted() {
    let comment = "# writ: allow(prefix-boundary): ssh and its includes both count";
    let above = POLICY
        .replace("              values", &format!("              {comment}\n              values"));
    let files = [
        ("a.yaml", with(comment)),
        ("b.yaml", above),
        ("c.yaml", format!("{}{POLICY}", comment.replace("allow", "allow-file") + "\n")),
        ("d.writ", writ(comment)),
    ];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let repository = Repository::new("suppressed", &files);
    let checked = repository.check(&["@", "--fail-level", "note"]);
    assert_eq!(checked.found(), [""; 0]);
    assert_eq!(checked.hidden(), (4, 0));
    assert_eq!(checked.code, ExitCode::Clean);
}

#[test]
fn what_looks_like_a_suppression_in_a_text_is_none() {
    let comment = "# writ: allow-file(prefix-boundary): no comment";
    let yaml = POLICY.replace("[\"/etc/ssh\"]", &format!("[\"/etc/ssh\", \"{comment}\"]"));
    let block = format!("x: |\n  {comment}\n---\n{POLICY}");
    let repository = Repository::new("texts", &[("a.yaml", &yaml), ("b.yaml", &block)]);
    let checked = repository.check(&["@"]);
    assert_eq!(checked.hidden(), (0, 0));
    assert!(checked.found().contains(&"a.yaml:16 note TP0904".to_owned()), "{:?}", checked.found());
}

#[test]
fn a_suppression_ends_on_its_day() {
    let policy = with("# writ: allow(prefix-boundary) until 2027-01-31: until the agent moves");
    let repository = Repository::new("expired", &[("a.yaml", &policy)]);
    assert_eq!(repository.check(&["@", "--today", "2027-01-31"]).found(), [""; 0]);
    let checked = repository.check(&["@", "--today", "2027-02-01"]);
    assert_eq!(checked.found(), ["a.yaml:16 note TP0904", "a.yaml:16 warning TP0019"]);
    let also = &checked.report["findings"][0]["also"][0];
    assert_eq!(also["message"], "suppressed until 2027-01-31 only");
}

#[test]
fn an_error_is_neither_suppressed_nor_lowered() {
    let policy = POLICY.replace(
        "\"security_file_open\"",
        "security_file_opn # writ: allow(unknown-function): ours has it",
    );
    let settings = "[rules]\nunknown-function = \"off\"\n";
    let repository = Repository::new("errors", &[("writ.toml", settings), ("a.yaml", &policy)]);
    let checked = repository.check(&["@"]);
    let found = checked.found();
    assert_eq!(
        found,
        ["writ.toml:2 warning TP0014", "a.yaml:7 error TP0201", "a.yaml:7 warning TP0021"]
    );
}

#[test]
fn an_unused_suppression_is_reported() {
    let policy = with("# writ: allow(hot-hook, prefix-boundary): nothing is hot");
    let repository = Repository::new("unused", &[("a.yaml", &policy)]);
    let checked = repository.check(&["@"]);
    assert_eq!(checked.found(), ["a.yaml:16 warning TP0020"]);
    // Whose level can be set, as that of any rule.
    assert_eq!(repository.check(&["@", "--level", "unused-suppression=off"]).found(), [""; 0]);
}

#[test]
fn a_baseline_hides_what_is_known_until_it_is_gone() {
    let repository = Repository::new("baseline", &[("a.yaml", POLICY), ("b.yaml", POLICY)]);
    let written = repository.check(&["@", "--write-baseline", "@/known.jsonl"]);
    assert_eq!(written.found(), [""; 0]);
    let text = std::fs::read_to_string(repository.path("known.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");

    // Lines move, a file is new, a file is gone.
    repository.write("a.yaml", &format!("# moved\n\n{POLICY}"));
    repository.write("c.yaml", POLICY);
    std::fs::remove_file(repository.path("b.yaml")).unwrap();
    let checked = repository.check(&["@", "--baseline", "@/known.jsonl"]);
    assert_eq!(checked.found(), ["c.yaml:16 note TP0904", "known.jsonl:3 note TP0023"]);
    assert_eq!(checked.hidden(), (0, 1));

    // A run over one file says nothing of the others, and leaves what is known of them.
    let checked = repository.check(&["@/c.yaml", "--baseline", "@/known.jsonl"]);
    assert_eq!(checked.found(), ["c.yaml:16 note TP0904", "known.jsonl:3 note TP0023"]);
    repository.check(&["@/c.yaml", "--write-baseline", "@/known.jsonl"]);
    let text = std::fs::read_to_string(repository.path("known.jsonl")).unwrap();
    assert!(
        text.contains("a.yaml") && text.contains("c.yaml") && !text.contains("b.yaml"),
        "{text}"
    );
    assert_eq!(repository.check(&["@", "--baseline", "@/known.jsonl"]).found(), [""; 0]);
}

#[test]
fn the_settings_can_name_the_baseline() {
    let settings = "baseline = \"ci/known.jsonl\"\n";
    let repository = Repository::new("named", &[("writ.toml", settings), ("a.yaml", POLICY)]);
    repository.write("ci/known.jsonl", "");
    assert_eq!(repository.check(&["@"]).found(), ["a.yaml:16 note TP0904"]);
    repository.check(&["@", "--write-baseline", "@/ci/known.jsonl"]);
    let checked = repository.check(&["@"]);
    assert_eq!((checked.found(), checked.hidden()), (vec![], (0, 1)));
    let text = std::fs::read_to_string(repository.path("ci/known.jsonl")).unwrap();
    assert!(text.contains("\"../a.yaml\""), "{text}");
}

#[test]
fn a_bundle_keeps_to_the_budgets_and_levels_of_the_settings() {
    let settings = "kernels = [\"6.1\"]\n[budgets]\nmax-instructions = 10\n";
    let repository = Repository::new("budgets", &[("writ.toml", settings), ("a.yaml", POLICY)]);
    let compile = ["writ", "compile", "@/a.yaml", "-o", "@/node.bpf.o", "--format", "short"];
    let (code, out) = repository.run(&compile);
    assert_eq!(code, ExitCode::Findings);
    assert!(out.contains("error[TP0590]"), "{out}");
    assert!(!repository.path("node.bpf.o").exists());

    let more = [&compile[..], &["--max-instructions", "4000"]].concat();
    assert_eq!(repository.run(&more).0, ExitCode::Clean);
    repository.write("writ.toml", "kernels = [\"6.1\"]\n[rules]\nTP0904 = \"error\"\n");
    let (code, out) = repository.run(&compile);
    assert_eq!(code, ExitCode::Findings);
    assert!(out.contains("error[TP0904]"), "{out}");
}

#[test]
fn hooks_are_attached_as_the_settings_say_unless_the_command_line_says_otherwise() {
    let settings = "kernels = [\"6.1\"]\n[attach]\nsecurity_file_open = \"kprobe\"\n";
    let repository = Repository::new("attach", &[("writ.toml", settings), ("a.yaml", POLICY)]);
    let compile = ["writ", "compile", "@/a.yaml", "-o", "@/node.bpf.o", "--format", "short"];
    let (code, out) = repository.run(&compile);
    assert_eq!(code, ExitCode::Clean, "{out}");
    assert!(out.contains("kprobe security_file_open"), "{out}");
    let forced = [&compile[..], &["--attach", "security_file_open=fentry"]].concat();
    let (_, out) = repository.run(&forced);
    assert!(out.contains("fentry security_file_open"), "{out}");
    repository.write("writ.toml", &settings.replace("kprobe", "tp_btf"));
    assert!(repository.run(&compile).1.contains("error[TP0404]"));
}

#[test]
fn an_unused_suppression_is_taken_out_with_its_line() {
    let alone = POLICY.replace("spec:", "# writ: allow(hot-hook): nothing is hot\nspec:");
    let behind = with("# writ: allow(hot-hook): nothing is hot");
    let repository = Repository::new("fix", &[("a.yaml", &alone), ("b.yaml", &behind)]);
    repository.check(&["@", "--fix"]);
    for file in ["a.yaml", "b.yaml"] {
        assert_eq!(std::fs::read_to_string(repository.path(file)).unwrap(), POLICY, "{file}");
    }
}

#[test]
fn tetragon_is_told_once_a_file_that_it_cannot_read_the_writ_language() {
    let two = format!("{}{}", writ(""), writ("").replace("opened-files", "again"));
    let repository = Repository::new("foreign", &[("a.writ", &two), ("b.yaml", POLICY)]);
    let checked = repository.check(&["@", "--engine", "tetragon"]);
    let foreign: Vec<String> =
        checked.found().into_iter().filter(|found| found.ends_with("TP0930")).collect();
    assert_eq!(foreign, ["a.writ:1 warning TP0930"]);
    let checked = repository.check(&["@"]);
    assert!(checked.found().iter().all(|found| !found.ends_with("TP0930")));
}
