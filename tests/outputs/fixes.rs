//! `--fix`, `--diff` and `--unsafe-fixes`.

use std::path::{Path, PathBuf};

use super::{ExitCode, Failure, attempt, folder, writ};

/// Mistakes that can be mended: a doubled value, a narrower one, a doubled slash, an action that
/// is repeated, and a prefix that ends in the middle of a name.
const BROKEN: &str = r#"apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: "mended"
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
        values: ["/etc/ssh/", '/srv//x/', "/opt/y", "/etc/ssh/"]
      - index: 0
        operator: "Prefix"
        values:
        - "/etc/" # all of it
        - "/etc/ssh/"
        - "/srv/"
      matchActions:
      - action: Post
      - action: Sigkill
      # again
      - action: Sigkill
"#;

const SAFELY: &str = r#"apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: "mended"
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
        values: ["/etc/ssh/", '/srv/x/', "/opt/y"]
      - index: 0
        operator: "Prefix"
        values:
        - "/etc/" # all of it
        - "/srv/"
      matchActions:
      - action: Post
      - action: Sigkill
      # again
"#;

fn broken(test: &str) -> PathBuf {
    let path = folder(test).join("policy.yaml");
    std::fs::write(&path, BROKEN).unwrap();
    path
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn check(path: &Path, options: &[&str]) -> super::Done {
    let path = path.display().to_string();
    let mut arguments = vec!["check", path.as_str(), "--kernel", "6.12", "--format", "short"];
    arguments.extend(options);
    writ(&arguments)
}

#[test]
fn safe_fixes_are_made_and_what_remains_is_printed() {
    let path = broken("safe-fixes");
    let done = check(&path, &["--fix"]);
    assert_eq!(text(&path), SAFELY);
    assert!(!done.stdout.contains("[safe fix]"), "{}", done.stdout);
    assert!(done.stdout.contains("TP0904"), "{}", done.stdout);
    assert_eq!(done.stderr, "4 fixes applied in 1 file\n");
}

#[test]
fn fixing_twice_changes_nothing_more() {
    let path = broken("fixed-twice");
    check(&path, &["--fix"]);
    let done = check(&path, &["--fix"]);
    assert_eq!(text(&path), SAFELY);
    assert_eq!(done.stderr, "0 fixes applied in 0 files\n");
}

/// What touches what another fix changes waits for the next round.
#[test]
fn one_run_makes_as_many_rounds_as_it_takes() {
    let path = folder("rounds").join("policy.yaml");
    let values = "values: [\"/a/\", \"/a/b/\", \"/a/b/c/\", \"/a/\"]";
    let from = BROKEN.lines().take(15).collect::<Vec<_>>().join("\n");
    std::fs::write(&path, format!("{from}\n        {values}\n")).unwrap();
    let done = check(&path, &["--fix"]);
    assert!(text(&path).ends_with("        values: [\"/a/\"]\n"), "{}", text(&path));
    assert_eq!(done.stderr, "3 fixes applied in 1 file\n");
}

#[test]
fn what_stands_twice_or_is_not_read_is_taken_out() {
    let path = folder("twice").join("policy.yaml");
    let start = BROKEN.lines().take(11).collect::<Vec<_>>().join("\n");
    let actions = |more: &str| {
        format!("{start}\n    selectors:\n    - matchActions:\n      - action: NoPost\n{more}")
    };
    let doubled = start.replace("    syscall: false\n", "    syscall: false\n    syscall: false\n");
    for (from, to) in [
        (actions("        argSig: 9\n"), actions("")),
        (format!("{doubled}\n"), format!("{start}\n")),
        (
            format!(
                "{start}\n  options:\n  - name: policy-mode\n    value: enforce\n  - name: \
                 policy-mode\n    value: monitor\n"
            ),
            format!("{start}\n  options:\n  - name: policy-mode\n    value: monitor\n"),
        ),
    ] {
        std::fs::write(&path, from).unwrap();
        let done = check(&path, &["--fix"]);
        assert_eq!(text(&path), to, "{}", done.stdout);
    }
}

/// Which of two different values is meant is for a person to say.
#[test]
fn a_key_with_two_values_is_mended_on_demand_only() {
    let path = folder("two-values").join("policy.yaml");
    let twice = BROKEN.replace("    syscall: false\n", "    syscall: false\n    syscall: true\n");
    std::fs::write(&path, twice).unwrap();
    check(&path, &["--fix"]);
    assert!(text(&path).contains("syscall: true"), "{}", text(&path));
    check(&path, &["--fix", "--unsafe-fixes"]);
    assert!(!text(&path).contains("syscall: true"), "{}", text(&path));
}

#[test]
fn unsafe_fixes_are_made_on_demand() {
    let path = broken("unsafe-fixes");
    check(&path, &["--fix", "--unsafe-fixes"]);
    assert!(text(&path).contains("\"/opt/y/\""), "{}", text(&path));
}

#[test]
fn a_diff_shows_what_would_change_and_changes_nothing() {
    let path = broken("diff");
    let done = check(&path, &["--diff"]);
    assert_eq!(text(&path), BROKEN);
    assert_eq!(done.code, ExitCode::Findings);
    let changed: Vec<&str> =
        done.stdout.lines().filter(|line| line.starts_with(['-', '+'])).skip(2).collect();
    assert_eq!(
        changed,
        [
            "-        values: [\"/etc/ssh/\", '/srv//x/', \"/opt/y\", \"/etc/ssh/\"]",
            "+        values: [\"/etc/ssh/\", '/srv/x/', \"/opt/y\"]",
            "-        - \"/etc/ssh/\"",
            "-      - action: Sigkill",
        ]
    );
}

#[test]
fn without_a_difference_the_exit_code_is_0() {
    let path = broken("no-diff");
    check(&path, &["--fix"]);
    let done = check(&path, &["--diff"]);
    assert_eq!((done.code, done.stdout.as_str()), (ExitCode::Clean, ""));
}

#[test]
fn standard_input_cannot_be_mended() {
    let failure = attempt(&["check", "-", "--fix"]).err().unwrap();
    assert!(matches!(failure, Failure::Usage(_)));
}

#[test]
fn unsafe_fixes_alone_are_wrong_usage() {
    let path = broken("alone").display().to_string();
    let failure = attempt(&["check", &path, "--unsafe-fixes"]).err().unwrap();
    assert!(matches!(failure, Failure::Usage(_)));
}

/// In every case, the policy after its safe fixes has no finding that was mended, and none that it
/// had not before.
#[test]
fn mended_cases_are_no_worse() {
    let folder = folder("mended-cases");
    for case in crate::cases::folders() {
        let from = case.join("policy.yaml");
        if !from.is_file() {
            continue;
        }
        let path = folder.join("policy.yaml");
        std::fs::copy(&from, &path).unwrap();
        let before = check(&path, &[]).stdout;
        let after = check(&path, &["--fix"]).stdout;
        assert!(
            after.lines().count() <= before.lines().count(),
            "{}:\n{before}\nbecame\n{after}",
            from.display()
        );
        let mended = text(&path);
        check(&path, &["--fix"]);
        assert_eq!(text(&path), mended, "{}", from.display());
    }
}
