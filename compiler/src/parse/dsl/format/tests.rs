//! The style, and that formatting neither changes nor loses anything.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::diagnostic::{Diagnostics, Stop};
use crate::policy::print;
use crate::policy::random::{self, Flavour};
use crate::source::SourceMap;

fn try_format(text: &str) -> Result<String, Stop> {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.writ", text);
    super::format(source, &sources, &mut Diagnostics::default())
}

fn format(text: &str) -> String {
    let formatted = try_format(text).unwrap_or_else(|stop| panic!("{stop:?}\n{text}"));
    assert_eq!(try_format(&formatted).as_deref(), Ok(formatted.as_str()), "not stable");
    formatted
}

#[test]
fn blanks_and_lines_are_set_in_one_way() {
    let text = r#"policy   "p" in namespace"n"{message "m" tags["a","b",]
      option  disable-kprobe-multi=true
      let nets=[10.0.0.0/8,fd00::/8 , ::1]
      on kprobe f(file:file,#1 as  mask:int  label "x")->ret:int{when file.path=="/a"and not(mask in[1,2..3]or mask<-1)=>post rate 10/min per process,kill
      otherwise}
      on tracepoint sched:sched_process_exec;
      on lsm[file_open,file_receive](file){ } }"#;
    let expected = r#"policy "p" in namespace "n" {
  message "m"
  tags ["a", "b"]
  option disable-kprobe-multi = true
  let nets = [10.0.0.0/8, fd00::/8, ::1]
  on kprobe f(file: file, #1 as mask: int label "x") -> ret: int {
    when file.path == "/a" and not (mask in [1, 2..3] or mask < -1)
      => post rate 10/min per process, kill
    otherwise
  }
  on tracepoint sched:sched_process_exec
  on lsm [file_open, file_receive](file) {}
}
"#;
    assert_eq!(format(text), expected);
}

#[test]
fn comments_stay_where_they_are() {
    let text = r#"

# about the file

# about the policy
policy "p" { # beside the brace
  # first

  message "m" # beside the message


  # about the hook
  on kprobe f(file) # before the brace
  {
    # about the rule
    when file.path in [ # the list
      "/a", # a
      # above b
      "/b" # b
      # the end of the list
    ] # behind it
      => post # beside the rule
    # the end of the hook
  } # behind the hook
  # the end of the policy
} # behind the policy

# the end of the file
"#;
    let expected = r#"# about the file

# about the policy
policy "p" { # beside the brace
  # first

  message "m" # beside the message

  # about the hook
  on kprobe f(file) { # before the brace
    # about the rule
    when file.path in [ # the list
      "/a", # a
      # above b
      "/b", # b
      # the end of the list
    ] # behind it
      => post # beside the rule
    # the end of the hook
  } # behind the hook
  # the end of the policy
} # behind the policy

# the end of the file
"#;
    assert_eq!(format(text), expected);
}

#[test]
fn long_rules_are_broken_where_they_bind_least() {
    let text = r#"policy "p" {
  let readers = ["/usr/sbin/sshd", "/usr/bin/passwd", "/usr/bin/su", "/usr/bin/sudo", "/usr/bin/login"]
  on kprobe security_file_open(file) {
    when file.path starts_with ["/etc/shadow", "/etc/kubernetes/pki/"] and process.binary not in readers or file.path == "/x" and ns.pid != host => kill
  }
}"#;
    let expected = r#"policy "p" {
  let readers = [
    "/usr/sbin/sshd",
    "/usr/bin/passwd",
    "/usr/bin/su",
    "/usr/bin/sudo",
    "/usr/bin/login",
  ]
  on kprobe security_file_open(file) {
    when file.path starts_with ["/etc/shadow", "/etc/kubernetes/pki/"]
        and process.binary not in readers
      or file.path == "/x" and ns.pid != host
      => kill
  }
}
"#;
    assert_eq!(format(text), expected);
}

#[test]
fn policies_are_parted_by_an_empty_line() {
    assert_eq!(
        format("policy \"a\" {} policy \"b\" {\n\n\n}\n\n\n\n"),
        "policy \"a\" {}\n\npolicy \"b\" {}\n"
    );
}

#[test]
fn a_text_with_mistakes_is_left_alone() {
    assert!(matches!(try_format("policy \"p\" { on kprobe }"), Err(Stop::Reported(_))));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files of the repository are what is tested")]
fn every_policy_of_the_repository_has_the_style() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut waiting: Vec<PathBuf> =
        ["policies", "tests/cases", "compiler/tests"].map(|folder| top.join(folder)).into();
    let mut count = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "writ") {
            let text = std::fs::read_to_string(&path).unwrap();
            if let Ok(formatted) = try_format(&text) {
                assert_eq!(formatted, text, "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 3, "{count}");
}

/// White space and comments that may stand wherever white space stands.
fn gap() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![" ", "\n", "\t ", "\n\n\n", " # beside\n", "\n# above\n", "\r\n  "])
}

/// `text` with other gaps outside its quotes.
fn with_gaps(text: &str, gaps: &[&str]) -> String {
    let mut gaps = gaps.iter().cycle();
    let (mut result, mut is_quoted, mut is_escaped) = (String::new(), false, false);
    for character in text.chars() {
        is_quoted ^= character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        if is_quoted || !character.is_whitespace() {
            result.push(character);
        } else {
            result.push_str(gaps.next().unwrap());
        }
    }
    result
}

proptest! {
    #[test]
    fn random_policies_keep_their_meaning_and_their_comments(
        policy in random::policy(Flavour::Writ),
        gaps in prop::collection::vec(gap(), 1..40),
    ) {
        let printed = print::print(&policy);
        let plain = format(&printed);
        let with_gaps = with_gaps(&printed, &gaps);
        let comments = |text: &str| text.matches("# beside").count() + text.matches("# above").count();
        if try_format(&with_gaps).is_ok() {
            let formatted = format(&with_gaps);
            prop_assert_eq!(comments(&with_gaps), comments(&formatted), "{}", formatted);
            if comments(&with_gaps) == 0 {
                let lines = |text: &str| -> Vec<String> {
                    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
                };
                prop_assert_eq!(lines(&plain), lines(&formatted));
            }
        }
    }
}
