//! Texts and files that were made to break a reader: each is answered soon, whatever the answer.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and it fails by panicking"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser as _;
use writ::cli::{Arguments, ExitCode};

/// Far more than any of them takes, even where a debug build shares the machine.
const SOON: Duration = Duration::from_secs(20);

const FORMS: [&str; 7] = ["human", "short", "json", "sarif", "github", "gitlab", "junit"];

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("writ-hostile-{}", std::process::id()));
        let folder = Self(folder.join(name));
        // Nothing above is to apply.
        std::fs::create_dir_all(folder.0.join(".git")).unwrap();
        folder
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the command, and gives what it prints, or why it could not.
fn run(line: &[&str]) -> Result<(ExitCode, String), String> {
    let start = Instant::now();
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let arguments = Arguments::try_parse_from(line).unwrap();
    let result = writ::cli::run(arguments, &mut out, &mut errors);
    assert!(start.elapsed() < SOON, "{:?} for {line:?}", start.elapsed());
    let code = result.map_err(|failure| failure.to_string())?;
    out.extend(errors);
    Ok((code, String::from_utf8(out).unwrap()))
}

/// What `check` says about a text for each engine, one line a finding.
fn check(name: &str, text: impl AsRef<[u8]>) -> String {
    let folder = Folder::new(name);
    let file = folder.write(name, text);
    let mut all = String::new();
    for engine in ["writ", "tetragon"] {
        let line =
            ["writ", "check", &file, "--kernel", "6.1", "--engine", engine, "--format", "short"];
        all.push_str(&run(&line).unwrap().1);
    }
    all
}

/// A policy with one hook, of which `rest` says more.
fn hooked(rest: &str) -> String {
    format!(
        "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: x}}\nspec:\n  \
         kprobes:\n  - call: security_file_open\n    syscall: false\n    \
         args: [{{index: 0, type: file}}]\n{rest}"
    )
}

fn selectors(conditions: &str) -> String {
    hooked(&format!("    selectors: [{conditions}]\n"))
}

#[test]
fn ranges_as_wide_as_numbers_go_are_answered() {
    let widest = "\"0:18446744073709551615\", \"-9223372036854775808:9223372036854775807\"";
    for operator in ["InMap", "NotInMap", "InRange", "NotInRange", "SPort", "DPort", "SPortPriv"] {
        for kind in ["int", "uint64", "sock", "size_t"] {
            let text = hooked("").replace("type: file", &format!("type: {kind}"))
                + &format!(
                    "    selectors: [{{matchArgs: [{{index: 0, operator: {operator}, \
                     values: [{widest}, \"1:0\", \":\", \"5:\"]}}]}}]\n"
                );
            check("ranges.yaml", text);
        }
    }
}

#[test]
fn ten_thousand_selectors_are_compared_soon() {
    let one = "{matchArgs: [{index: 0, operator: Equal, values: [/a]}]}";
    check("selectors.yaml", selectors(&vec![one; 2_000].join(", ")));
}

#[test]
fn ten_thousand_values_are_compared_soon() {
    let values: Vec<String> = (0..10_000).map(|number| format!("/a/{}", number % 5_000)).collect();
    for operator in ["Equal", "Prefix", "NotPostfix"] {
        check(
            "values.yaml",
            selectors(&format!(
                "{{matchArgs: [{{index: 0, operator: {operator}, values: [{}]}}]}}",
                values.join(", ")
            )),
        );
    }
}

#[test]
fn thousands_of_hooks_are_checked_soon() {
    let hook = "  - {call: security_file_open, syscall: false}\n";
    check("hooks.yaml", hooked(&hook.repeat(2_000)));
}

#[test]
fn lists_and_macros_that_name_themselves_are_answered() {
    let list = "  lists:\n  - {name: a, type: syscalls, values: [\"list:a\"]}\n  \
                - {name: b, type: syscalls, values: [\"list:c\"]}\n  \
                - {name: c, type: syscalls, values: [\"list:b\"]}\n";
    check("lists.yaml", hooked(list).replace("security_file_open", "\"list:a\""));
    let mut macros = "  selectorsMacros:\n".to_owned();
    for number in 0..500 {
        writeln!(macros, "    m{number}: {{macros: [m{}]}}", (number + 1) % 500).unwrap();
    }
    check("macros.yaml", selectors("{macros: [m0, m0, m1]}") + &macros);
}

#[test]
fn a_path_of_ten_thousand_steps_is_refused() {
    let path = vec!["f_path"; 10_000].join(".");
    check("path.yaml", hooked("").replace("type: file", &format!("type: file, resolve: {path}")));
    check(
        "brackets.yaml",
        hooked("")
            .replace("type: file", &format!("type: file, resolve: \"{}\"", "[0]".repeat(10_000))),
    );
}

#[test]
fn a_megabyte_of_formula_is_refused() {
    for formula in ["(".repeat(1 << 20), "!-".repeat(1 << 19), "arg0 == 1 && ".repeat(1 << 16)] {
        check(
            "cel.yaml",
            selectors(&format!("{{matchArgs: [{{operator: CelExpr, values: [\"{formula}\"]}}]}}")),
        );
    }
}

#[test]
fn one_long_line_of_mistakes_is_told_in_every_form() {
    let items: Vec<String> = (0..2_000).map(|number| format!("key{number}: '* *a'")).collect();
    let text = hooked("")
        + &format!("    unknown: {{{}}}\n  {{{}}}\n", items.join(", "), items.join(", "));
    let folder = Folder::new("line");
    let file = folder.write("line.yaml", text);
    for form in FORMS {
        run(&["writ", "check", &file, "--kernel", "6.1", "--format", form]).unwrap();
    }
}

#[test]
fn no_form_of_a_report_writes_on_the_screen() {
    let hostile = "\u{1b}[2J\u{202e}\u{85}\u{7f}\r";
    let folder = Folder::new("screen");
    let text = hooked(&format!("    \"a{hostile}\": 1 # {hostile}\n"))
        .replace("name: x", "name: \"\\e[2J\\0\\u202e\"")
        .replace("security_file_open", "\"\\e]0;x\\a\\u2066\"");
    let file = folder.write(&format!("{hostile}.yaml"), &text);
    let writ = folder.write(
        "b.writ",
        format!("policy \"{hostile}\" {{ on kprobe \"{hostile}\" {{ {hostile} }} }}"),
    );
    for form in FORMS {
        let line = ["writ", "check", &file, &writ, "--kernel", "6.1,6.12", "--format", form];
        let (_, out) = run(&line).unwrap();
        let is_unsafe = |sign: char| {
            sign.is_control() && sign != '\n'
                || ('\u{202a}'..='\u{202e}').contains(&sign)
                || ('\u{2066}'..='\u{2069}').contains(&sign)
        };
        assert!(!out.contains(is_unsafe), "{form}: {out:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_answered() {
    let policy = hooked("");
    for text in [
        b"\xff\xfe\x00k".to_vec(),
        [policy.as_bytes(), b"\xc3(\xed\xa0\x80"].concat(),
        [b"\xef\xbb\xbf", policy.as_bytes()].concat(),
        policy.replace('\n', "\r\n").into_bytes(),
        policy.replace('\n', "\r").into_bytes(),
        policy.replace("x}", "x\0}").into_bytes(),
        vec![0; 1 << 16],
    ] {
        check("bytes.yaml", &text);
        check("bytes.writ", &text);
    }
}

#[test]
fn deep_nesting_in_the_writ_language_is_answered() {
    for part in [
        "(",
        "[",
        "{",
        "not ",
        "policy \"a\" {",
        "on kprobe f {",
        "when (",
        "let a = [",
        "/*",
        "\"",
    ] {
        check("deep.writ", part.repeat(20_000));
        check(
            "deeper.writ",
            format!("policy \"a\" {{ on kprobe f(x) {{ when {}", part.repeat(20_000)),
        );
    }
}

#[test]
fn thousands_of_settings_and_suppressions_are_applied_soon() {
    let folder = Folder::new("settings");
    let mut settings = "kernels = [\"6.1\"".to_owned() + &", \"6.1\"".repeat(1_000) + "]\n";
    for number in 0..2_000 {
        write!(settings, "[[path]]\nfiles = [\"{{a,b}}/**/{number}*?[x]\"]\nexclude = true\n")
            .unwrap();
    }
    folder.write("writ.toml", settings);
    folder.write(
        "a.yaml",
        hooked("    # writ: allow(TP0904): why\n") + &"# writ: allow(TP0904): why\n".repeat(5_000),
    );
    for form in ["human", "json"] {
        run(&["writ", "check", &folder.path(), "--format", form]).unwrap();
    }
}

#[test]
fn patterns_that_explode_are_refused() {
    let folder = Folder::new("patterns");
    let nested = "{a,b".repeat(500);
    folder.write(
        "writ.toml",
        format!(
            "[[path]]\nfiles = [\"{nested}\", \"{}\", \"{}\"]\nexclude = true\n",
            "{a,b}".repeat(40),
            "[".repeat(10_000)
        ),
    );
    folder.write("a.yaml", hooked(""));
    let _ = run(&["writ", "check", &folder.path(), "--kernel", "6.1"]);
}

#[test]
fn links_that_loop_end() {
    let folder = Folder::new("links");
    folder.write("a.yaml", hooked(""));
    std::os::unix::fs::symlink(&folder.0, folder.0.join("loop")).unwrap();
    std::os::unix::fs::symlink("self.yaml", folder.0.join("self.yaml")).unwrap();
    assert!(run(&["writ", "check", &folder.path(), "--kernel", "6.1"]).is_ok());
}

#[test]
fn a_pipe_in_a_repository_is_not_waited_for() {
    let folder = Folder::new("pipe");
    folder.write("a.yaml", hooked(""));
    for name in ["b.yaml", "known"] {
        let made = std::process::Command::new("mkfifo").arg(folder.0.join(name)).status();
        assert!(made.unwrap().success());
    }
    assert!(run(&["writ", "check", &folder.path(), "--kernel", "6.1"]).is_ok());
    folder.write("writ.toml", "baseline = \"known\"\n");
    assert!(run(&["writ", "check", &folder.path(), "--kernel", "6.1"]).is_err());
    folder.write("writ.toml", "kernels = [\"known\"]\n");
    assert!(run(&["writ", "check", &folder.path()]).is_ok());
}

#[test]
fn a_file_without_end_is_refused() {
    assert!(run(&["writ", "check", "/dev/zero", "--kernel", "6.1"]).is_err());
}

#[test]
fn a_damaged_kernel_is_an_error() {
    let folder = Folder::new("kernel");
    let policy = folder.write("a.yaml", hooked(""));
    let profile = include_bytes!("../kernels/5.10.wprofile");
    let library = include_bytes!("../../bpf-templates/writ.bpf.o");
    for (at, original) in [(0, &profile[..]), (1, &library[..])] {
        for step in 1..4 {
            let place = original.len() * step / 4;
            let mut flipped = original.to_vec();
            flipped.get_mut(place..).unwrap().iter_mut().take(4).for_each(|byte| *byte ^= 0x55);
            for (kind, bytes) in
                [("flipped", flipped), ("cut", original.iter().copied().take(place).collect())]
            {
                let file = folder.write(&format!("{kind}-{at}-{step}"), bytes);
                let _ = run(&["writ", "check", &policy, "--kernel", &file]);
                let _ = run(&["writ", "kernel", "show", &file]);
                let _ = run(&["writ", "kernel", "diff", "5.10", &file]);
            }
        }
    }
}
