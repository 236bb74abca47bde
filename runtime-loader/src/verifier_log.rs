//! Which line of a policy the verifier complains about.

use writ_bundle::{Manifest, Program};

use crate::code::{self, Problem};

/// Lines of the log that a message ends with.
const LAST_LINES: usize = 12;

/// A refusal in the policy's words: the line, the reason and the end of the verifier's log.
pub fn explain(
    manifest: &Manifest,
    program: &Program,
    error: &std::io::Error,
    log: &str,
) -> Problem {
    if error.raw_os_error() == Some(libc::EPERM) && log.trim().is_empty() {
        let message = format!("the kernel does not permit loading `{}`: {error}", program.name);
        return Problem::new(&code::PERMISSION, message);
    }
    let at = policy_line(manifest, log).map(|line| format!(" at {line}")).unwrap_or_default();
    let purpose = purpose(program);
    let mut message =
        format!("the kernel refuses the program `{}`{purpose}{at}: {error}", program.name);
    for line in last_lines(log) {
        message.push_str("\n  | ");
        message.push_str(line);
    }
    let problem = Problem::new(&code::VERIFIER, message);
    match ADVICE.iter().find(|(sign, _)| log.contains(sign)) {
        Some((_, advice)) => problem.help(*advice),
        None => problem,
    }
}

/// What the verifier writes, and what it means for the policy.
const ADVICE: &[(&str, &str)] = &[
    ("BPF program is too large", "split the policy: this hook carries too many conditions"),
    ("too many instructions", "split the policy: this hook carries too many conditions"),
    ("unknown func", "the kernel lacks this helper: compile for a profile of this very kernel"),
    ("invalid func", "the kernel lacks this helper: compile for a profile of this very kernel"),
    ("is not modifiable", "this function's result cannot be changed: use an LSM hook instead"),
    ("helper call is not allowed", "this hook may not call that helper: choose another hook"),
    (
        "uses reserved fields",
        "the kernel lacks this instruction: compile for a profile of this very kernel",
    ),
    (
        "unknown opcode",
        "the kernel lacks this instruction: compile for a profile of this very kernel",
    ),
];

fn purpose(program: &Program) -> String {
    if program.reason.is_empty() { String::new() } else { format!(" ({})", program.reason) }
}

/// The last place of a policy that the log names. The compiler puts `file:line: text` in front of
/// each line that the verifier quotes, since kernels before 6.12 print only that text.
fn policy_line<'a>(manifest: &Manifest, log: &'a str) -> Option<&'a str> {
    let quoted = log.lines().rev().filter_map(|line| line.trim_start().strip_prefix("; "));
    quoted.into_iter().find_map(|text| {
        manifest.sources.iter().find_map(|source| {
            let rest = text.strip_prefix(source.name.as_str())?.strip_prefix(':')?;
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then(|| text.get(..source.name.len() + 1 + digits))?
        })
    })
}

/// The end of the log without its statistics.
fn last_lines(log: &str) -> Vec<&str> {
    const STATISTICS: [&str; 3] = ["processed ", "verification time ", "stack depth "];
    let told = |line: &&str| {
        !line.trim().is_empty() && !STATISTICS.iter().any(|word| line.starts_with(word))
    };
    let lines: Vec<&str> = log.lines().filter(told).collect();
    lines.iter().copied().skip(lines.len().saturating_sub(LAST_LINES)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        serde_json::from_value(serde_json::json!({
            "format": 1, "compiler": "writ 0", "requires": [], "images": [],
            "programs": [{
                "name": "open", "attach": {"type": "fentry", "function": "f"}, "reason": "",
                "hooks": [], "cost": {"instructions": 0, "linked_instructions": 0,
                                      "longest_path": 0, "stack": 0, "image_bytes": 0},
            }],
            "kernel": {"name": "", "release": null, "btf_digest": "", "architecture": "x86_64"},
            "policies": [], "hooks": [], "binary_sets": [], "follow_sets": [],
            "sources": [{"name": "dir/policy.yaml", "digest": ""}],
        }))
        .unwrap()
    }

    const LOG: &str = "\
0: R1=ctx() R10=fp0
; dir/policy.yaml:4: hook
0: (79) r8 = *(u64 *)(r1 +0)
; dir/policy.yaml:12: - values: [\"/etc/shadow\"] @ policy.yaml:12
10: (0f) r8 += r0
R8 pointer += pointer prohibited
verification time 205 usec
stack depth 0
processed 11 insns (limit 1000000)
";

    #[test]
    fn the_message_names_the_policys_line_and_ends_with_the_log() {
        let manifest = manifest();
        let error = std::io::Error::from_raw_os_error(libc::EACCES);
        let problem = explain(&manifest, &manifest.programs[0], &error, LOG);
        assert!(problem.message.contains("`open` at dir/policy.yaml:12: "), "{problem}");
        assert!(problem.message.ends_with("| R8 pointer += pointer prohibited"), "{problem}");
    }

    #[test]
    fn a_log_without_a_policy_line_has_no_place() {
        for log in ["", "; other.c:3: x", "; dir/policy.yaml:", "dir/policy.yaml:3"] {
            assert_eq!(policy_line(&manifest(), log), None);
        }
    }

    #[test]
    fn what_the_verifier_says_becomes_advice() {
        let manifest = manifest();
        let error = std::io::Error::from_raw_os_error(libc::EINVAL);
        let log = "bpf_check() is not modifiable";
        let problem = explain(&manifest, &manifest.programs[0], &error, log);
        assert!(problem.help.unwrap().contains("LSM hook"));
    }

    #[test]
    fn no_permission_is_not_the_verifiers_refusal() {
        let manifest = manifest();
        let error = std::io::Error::from_raw_os_error(libc::EPERM);
        assert_eq!(explain(&manifest, &manifest.programs[0], &error, "").code.name, "permission");
    }
}
