//! The life of a session: opening, changing, formatting, quick fixes, settings and the end.

use serde_json::{Value, json};

use super::client::{Client, POLICY, WRIT};

const MISTAKE: &str = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p\nspec:\n  kprobes:\n  - call: security_file_open\n    syscal: false\n";

fn position(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

#[test]
fn the_server_says_what_it_can() {
    let mut client = Client::spawn("6.1");
    let result = client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(result["serverInfo"]["name"], "writ");
    let can = &result["capabilities"];
    assert_eq!(can["positionEncoding"], "utf-16");
    for (what, value) in [
        ("hoverProvider", json!(true)),
        ("definitionProvider", json!(true)),
        ("documentFormattingProvider", json!(true)),
        ("textDocumentSync", json!(2)),
    ] {
        assert_eq!(can[what], value, "{what}");
    }
}

#[test]
fn mistakes_are_told_while_typing() {
    let mut client = Client::start("6.1");
    let found = client.open(POLICY, MISTAKE);
    let errors: Vec<&Value> = found.iter().filter(|one| one["severity"] == 1).collect();
    let [error] = errors.as_slice() else { panic!("{found:#?}") };
    assert_eq!(error["range"], json!({ "start": position(7, 4), "end": position(7, 10) }));
    assert_eq!(error["source"], "writ");
    assert!(error["message"].as_str().unwrap().contains("`syscal`"), "{error}");
    let insert =
        json!([{ "range": { "start": position(7, 10), "end": position(7, 10) }, "text": "l" }]);
    let found = client.change(POLICY, insert);
    assert!(found.iter().all(|one| one["severity"] != 1), "{found:#?}");
}

#[test]
fn edits_in_front_of_astral_characters_are_applied_where_they_belong() {
    let mut client = Client::start("6.1");
    client.open(WRIT, "policy \"𝄞𝄞\" {\n  mode monitor\n}\n");
    let edit = |start, end, text| json!([{ "range": { "start": position(0, start), "end": position(0, end) }, "text": text }]);
    // Columns count UTF-16 units: each clef is two of them.
    client.change(WRIT, edit(10, 12, "é"));
    let found = client.change(WRIT, edit(12, 14, "  {"));
    assert!(found.iter().all(|one| one["severity"] != 1), "{found:#?}");
    let edits = client.request("textDocument/formatting", json!({ "textDocument": { "uri": WRIT }, "options": { "tabSize": 2, "insertSpaces": true } }));
    assert_eq!(edits[0]["newText"], "policy \"𝄞é\" {\n  mode monitor\n}\n");
}

#[test]
fn a_writ_document_is_formatted_and_a_broken_one_is_not() {
    let mut client = Client::start("6.1");
    let mut format = |text: &str| {
        client.open(WRIT, text);
        let options = json!({ "tabSize": 8, "insertSpaces": false });
        client.request(
            "textDocument/formatting",
            json!({ "textDocument": { "uri": WRIT }, "options": options }),
        )
    };
    let edits = format("policy \"p\"{mode monitor}");
    assert_eq!(edits[0]["newText"], "policy \"p\" {\n  mode monitor\n}\n");
    assert_eq!(edits[0]["range"], json!({ "start": position(0, 0), "end": position(0, 24) }));
    assert_eq!(format("policy \"p\" {\n  mode monitor\n}\n"), json!([]));
    assert_eq!(format("policy \"p\" {"), Value::Null);
}

fn actions(client: &mut Client, uri: &str, at: &Value) -> Vec<Value> {
    let range = json!({ "start": at, "end": at });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
    serde_json::from_value(client.request("textDocument/codeAction", params)).unwrap()
}

#[test]
fn a_warning_can_be_allowed_by_a_comment() {
    let mut client = Client::start("6.1");
    let text = "policy \"p\" {\n  on kprobe security_file_open(file) {\n    when file.path starts_with \"/etc/shadow\" => post\n  }\n}\n";
    let found = client.open(WRIT, text);
    let boundary = found.iter().find(|one| one["code"] == "TP0904").unwrap();
    let actions = actions(&mut client, WRIT, &boundary["range"]["start"]);
    let allow = actions.iter().find(|one| one["title"] == "allow `prefix-boundary` here").unwrap();
    let edit = &allow["edit"]["changes"][WRIT][0];
    assert_eq!(edit["range"]["start"], position(2, 0));
    let comment = "    # writ: allow(prefix-boundary): say why this is no mistake\n";
    assert_eq!(edit["newText"], comment);
    let fixed = text.replace("    when", &format!("{comment}    when"));
    let found = client.open(WRIT, &fixed);
    assert!(found.iter().all(|one| one["code"] != "TP0904"), "{found:#?}");
}

#[test]
fn yaml_of_other_kinds_is_left_alone() {
    let mut client = Client::start("6.1");
    assert!(client.open(POLICY, "kind: Deployment\nspec:\n  bad: [\n").is_empty());
    let completion = "textDocument/completion";
    assert_eq!(client.at(completion, POLICY, "kind: Deployment\nspec:\n  |\n"), Value::Null);
}

#[test]
fn kernels_come_from_the_client_first() {
    let mut client = Client::spawn("6.12");
    let options = json!({ "kernels": ["5.10"] });
    client.request("initialize", json!({ "capabilities": {}, "initializationOptions": options }));
    let text = "kind: TracingPolicy\nmetadata: { name: p }\nspec:\n  lsmhooks:\n  - hook: userns_cr|eate\n";
    assert!(client.labels(POLICY, text).is_empty());
}

#[test]
fn a_kernel_that_is_not_there_is_told_and_ignored() {
    let mut client = Client::spawn("9.9");
    client.request("initialize", json!({ "capabilities": {} }));
    let shown = &client.notifications[0];
    assert_eq!(shown["method"], "window/showMessage");
    assert!(shown["params"]["message"].as_str().unwrap().contains("`9.9`"), "{shown}");
    assert!(!client.open(POLICY, MISTAKE).is_empty());
}

#[test]
fn settings_are_read_again_when_they_change() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("lsp-settings");
    std::fs::create_dir_all(&folder).unwrap();
    let settings = folder.join("writ.toml");
    std::fs::write(&settings, "kernels = [\"6.1\"]\n[rules]\nprefix-boundary = \"off\"\n").unwrap();
    let uri = format!("file://{}/policy.writ", folder.display());
    let text = "policy \"p\" {\n  on kprobe security_file_open(file) {\n    when file.path starts_with \"/etc/shadow\" => post\n  }\n}\n";
    let mut client = Client::start_without_kernels();
    let has_rule = |found: Vec<Value>| found.iter().any(|one| one["code"] == "TP0904");
    assert!(!has_rule(client.open(&uri, text)));
    std::fs::write(&settings, "kernels = [\"6.1\"]\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert!(has_rule(client.diagnostics()));
}

#[test]
fn closing_a_document_takes_its_findings_away() {
    let mut client = Client::start("6.1");
    assert!(!client.open(POLICY, MISTAKE).is_empty());
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": POLICY } }));
    let message = client.receive();
    assert_eq!(message["params"], json!({ "uri": POLICY, "diagnostics": [] }));
}

#[test]
fn the_end_is_orderly() {
    assert_eq!(Client::start("6.1").stop(), Some(0));
    assert_eq!(Client::start("6.1").exit(), Some(1));
    assert_eq!(Client::start("6.1").hang_up(), Some(1));
}

#[test]
fn what_comes_out_of_turn_is_refused() {
    let mut client = Client::spawn("6.1");
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32002);
    client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.ask("initialize", json!({ "capabilities": {} }))["error"]["code"], -32600);
    assert_eq!(client.ask("textDocument/rename", json!({}))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/hover", json!({ "a": 1 }))["error"]["code"], -32602);
    client.request("shutdown", Value::Null);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
    assert_eq!(client.exit(), Some(0));
}
