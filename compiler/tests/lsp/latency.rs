//! How long an editor waits for an answer to a keystroke.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, POLICY, WRIT};

/// What an answer may take. A person notices from about 50 ms on.
const LIMIT: Duration = Duration::from_millis(10);

/// Times in order.
fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

fn report(what: &str, times: Vec<Duration>) {
    let times = sorted(times);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{what:45} median {:>10.2?}  99 % {:>10.2?}  worst {:>10.2?}",
        at(50),
        at(99),
        at(100)
    );
    assert!(cfg!(debug_assertions) || at(99) < LIMIT, "{what}: {:?}", at(99));
}

/// Types and deletes a character at the end of the first comment, and waits for the diagnostics.
fn edits(client: &mut Client, uri: &str, text: &str) -> Vec<Duration> {
    client.open(uri, &format!("# \n{text}"));
    let typed = |text: &str, end: u32| {
        let range = json!({ "start": { "line": 0, "character": 2 }, "end": { "line": 0, "character": end } });
        json!([{ "range": range, "text": text }])
    };
    let mut times = Vec::new();
    for round in 0..500 {
        let change = if round % 2 == 0 { typed("x", 2) } else { typed("", 3) };
        let start = Instant::now();
        client.change(uri, change);
        times.push(start.elapsed());
    }
    times
}

fn questions(
    client: &mut Client,
    method: &str,
    uri: &str,
    line: u32,
    character: u32,
) -> Vec<Duration> {
    let position = json!({ "line": line, "character": character });
    let params = json!({ "textDocument": { "uri": uri }, "position": position });
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        client.request(method, params.clone());
        times.push(start.elapsed());
    }
    times
}

const WRIT_TEXT: &str = include_str!("../../../policies/monitor-sensitive-files/policy.writ");
const YAML_TEXT: &str = include_str!("../../../policies/monitor-sensitive-files/policy.yaml");

/// A policy with many hooks, as the largest of those that people publish.
fn large() -> String {
    let head = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: large\nspec:\n  kprobes:\n";
    let hooks =
        ["security_file_open", "security_inode_unlink", "security_bprm_check", "tcp_connect"];
    let hook = |at: usize| {
        let call = hooks[at % hooks.len()];
        format!(
            "  - call: {call}\n    syscall: false\n    args:\n    - index: 0\n      type: nop\n    selectors:\n    - matchBinaries:\n      - operator: In\n        values: [\"/usr/bin/a{at}\", \"/usr/bin/b{at}\"]\n      matchActions:\n      - action: Post\n"
        )
    };
    let hooks: String = (0..40).map(hook).collect();
    format!("{head}{hooks}")
}

#[test]
#[ignore = "a benchmark: run it with --release, alone"]
fn every_keystroke_is_answered_at_once() {
    for kernels in ["6.1", "all"] {
        let mut client = Client::start(kernels);
        let start = Instant::now();
        client.open(POLICY, YAML_TEXT);
        println!("kernels: {kernels}; the first document after {:.2?}", start.elapsed());
        report("edit of a YAML policy", edits(&mut client, POLICY, YAML_TEXT));
        report("edit of a Writ policy", edits(&mut client, WRIT, WRIT_TEXT));
        report("edit of a YAML policy with 40 hooks", edits(&mut client, POLICY, &large()));
        let text = YAML_TEXT.replacen("call: \"", "call: \"security_", 1);
        client.open(POLICY, &text);
        let at = text.find("security_").unwrap() + "security_".len();
        let before = &text[..at];
        let line = u32::try_from(before.matches('\n').count()).unwrap();
        let column = u32::try_from(before.rsplit('\n').next().unwrap().len()).unwrap();
        let first = Instant::now();
        questions(&mut client, "textDocument/completion", POLICY, line, column).truncate(0);
        println!("200 completions of a function, with the first, in {:.2?}", first.elapsed());
        for method in ["completion", "hover", "definition"] {
            let method = format!("textDocument/{method}");
            report(&method, questions(&mut client, &method, POLICY, line, column));
        }
    }
}
