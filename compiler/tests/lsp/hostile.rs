//! Whatever a client sends, the server neither ends nor hangs.

use serde_json::json;

use super::client::{Client, POLICY, WRIT};

fn is_alive(client: &mut Client) -> bool {
    let text = "kind: TracingPolicy\nspec:\n  k|";
    client.labels(POLICY, text) == ["kprobes"]
}

#[test]
fn malformed_messages_are_passed_over() {
    let mut client = Client::start("6.1");
    for bytes in [
        "Content-Length: 3\r\n\r\n{]}",
        "Content-Length: 2\r\n\r\n[]",
        "Content-Length: x\r\n\r\n",
        "Nonsense\r\n\r\n",
        "Content-Length: 25\r\n\r\n{\"id\":{},\"method\":\"hove\"}",
    ] {
        client.send_bytes(bytes.as_bytes());
    }
    assert!(is_alive(&mut client));
}

#[test]
fn places_outside_the_text_are_taken_as_its_end() {
    let mut client = Client::start("6.1");
    client.open(POLICY, "kind: TracingPolicy\nspec: 𝄞\n");
    for (line, character) in [(0_u32, 4_000_000_000_u32), (4_000_000_000, 0), (1, 7), (1, 8)] {
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": POLICY }, "position": position });
        for method in ["hover", "completion", "definition"] {
            client.request(&format!("textDocument/{method}"), params.clone());
        }
        let backwards = json!([{ "range": { "start": position, "end": { "line": 0, "character": 0 } }, "text": "x" }]);
        client.change(POLICY, backwards);
    }
    assert!(is_alive(&mut client));
}

#[test]
fn unknown_documents_and_strange_uris_are_no_reason_to_end() {
    let mut client = Client::start("6.1");
    for uri in ["file:///never/opened.yaml", "untitled:Untitled-1", "a%zz://[", ""] {
        let position = json!({ "line": 0, "character": 0 });
        client.ask(
            "textDocument/hover",
            json!({ "textDocument": { "uri": uri }, "position": position }),
        );
        let change = json!({ "textDocument": { "uri": uri, "version": 1 }, "contentChanges": [{ "text": "x" }] });
        client.notify("textDocument/didChange", change);
    }
    assert!(is_alive(&mut client));
}

/// Every place of these texts is asked about, and of every beginning of them.
#[test]
fn every_place_of_an_unfinished_text_has_an_answer() {
    let yaml = "kind: TracingPolicy\nspec:\n  lists: [{ name: \"é𝄞\", values: [a] }, {\n  kprobes:\n  - call: \"list:é𝄞\n    args: [{ index: 0, resolve: f_inode.\n    selectors:\n    - matchArgs: [{ index: 0, operator: In, values: ['";
    let writ = "policy \"é𝄞\" {\n  let a = [1\n  on kprobe security_file_open(file: file, #1 as) -> r {\n    when file. in [a, \"x\" and not (ns.pid == => deny E\n  on syscall \n  on tracepoint sched:";
    let mut client = Client::start("6.1");
    for (uri, text) in [(POLICY, yaml), (WRIT, writ)] {
        let is_boundary = |end: &usize| text.is_char_boundary(*end);
        let ends: Vec<usize> = (0..=text.len()).filter(is_boundary).step_by(3).collect();
        for end in ends {
            let marked = format!("{}|", text.get(..end).unwrap());
            for method in
                ["textDocument/completion", "textDocument/hover", "textDocument/definition"]
            {
                client.at(method, uri, &marked);
            }
        }
    }
    assert!(is_alive(&mut client));
}

#[test]
fn large_and_deep_documents_are_answered() {
    let mut client = Client::start("6.1");
    let head = "kind: TracingPolicy\nspec:\n";
    for body in [
        "[".repeat(20_000),
        "{a: ".repeat(10_000),
        "- ".repeat(10_000),
        (0..400).map(|depth| " ".repeat(depth) + "a:\n").collect(),
        "  a: b\n".repeat(20_000),
    ] {
        client.at("textDocument/completion", POLICY, &format!("{head}{body}|"));
    }
    for body in ["(".repeat(20_000), "policy \"a\" { on kprobe f ".repeat(100)] {
        client.at("textDocument/completion", WRIT, &format!("{body}|"));
    }
    assert!(is_alive(&mut client));
}
