//! A client that drives the real server over pipes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The URI of the one document that a test has open.
pub(crate) const POLICY: &str = "file:///nowhere/policy.yaml";
pub(crate) const WRIT: &str = "file:///nowhere/policy.writ";

/// A client and its server.
#[derive(Debug)]
pub(crate) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    requests: i32,
    version: i32,
    /// Notifications that no one has looked at.
    pub(crate) notifications: Vec<Value>,
}

impl Client {
    /// A server for some kernels, before `initialize`.
    pub(crate) fn spawn(kernels: &str) -> Self {
        Self::spawn_with(&["--kernel", kernels])
    }

    fn spawn_with(arguments: &[&str]) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_writ"))
            .arg("lsp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = server.stdin.take();
        let output = BufReader::new(server.stdout.take().unwrap());
        Self { server, input, output, requests: 0, version: 0, notifications: Vec::new() }
    }

    /// A server that is ready.
    pub(crate) fn start(kernels: &str) -> Self {
        Self::spawn(kernels).initialized()
    }

    /// A server that takes its kernels from settings.
    pub(crate) fn start_without_kernels() -> Self {
        Self::spawn_with(&[]).initialized()
    }

    fn initialized(self) -> Self {
        let mut client = self;
        client.request("initialize", json!({ "capabilities": {} }));
        client.notify("initialized", json!({}));
        client
    }

    /// Sends bytes as they are.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: impl Into<Value>) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params.into() }));
    }

    /// Sends a request and gives the whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: impl Into<Value>) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(
            &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params.into() }),
        );
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    /// Sends a request and gives its result.
    pub(crate) fn request(&mut self, method: &str, params: impl Into<Value>) -> Value {
        let mut answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].take()
    }

    /// The next message of the server.
    pub(crate) fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server has ended");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Opens a document and gives its diagnostics.
    pub(crate) fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.version += 1;
        let item = json!({ "uri": uri, "languageId": "", "version": self.version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
        self.diagnostics()
    }

    /// Changes a document and gives its diagnostics.
    pub(crate) fn change(&mut self, uri: &str, changes: impl Into<Value>) -> Vec<Value> {
        self.version += 1;
        let document = json!({ "uri": uri, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes.into() });
        self.notify("textDocument/didChange", params);
        self.diagnostics()
    }

    /// Diagnostics of the newest version.
    pub(crate) fn diagnostics(&mut self) -> Vec<Value> {
        loop {
            let mut message = self.receive();
            let is_diagnostics = message["method"] == "textDocument/publishDiagnostics";
            if is_diagnostics && message["params"]["version"] == self.version {
                return serde_json::from_value(message["params"]["diagnostics"].take()).unwrap();
            }
            self.notifications.push(message);
        }
    }

    /// Opens a text with a `|` where the cursor is, and asks about that place.
    pub(crate) fn at(&mut self, method: &str, uri: &str, marked: &str) -> Value {
        let (before, after) = marked.split_once('|').unwrap();
        self.open(uri, &format!("{before}{after}"));
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
        let position = json!({ "line": line, "character": column });
        self.request(method, json!({ "textDocument": { "uri": uri }, "position": position }))
    }

    /// The labels of the proposals at the `|`.
    pub(crate) fn labels(&mut self, uri: &str, marked: &str) -> Vec<String> {
        let result = self.at("textDocument/completion", uri, marked);
        let items = result["items"].as_array().unwrap().iter();
        items.map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// The hover text at the `|`; empty when there is none.
    pub(crate) fn hover(&mut self, uri: &str, marked: &str) -> String {
        let result = self.at("textDocument/hover", uri, marked);
        result["contents"]["value"].as_str().unwrap_or("").to_owned()
    }

    /// Ends the session as the protocol wants it, and gives the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.exit()
    }

    /// Says `exit` and gives the exit code.
    pub(crate) fn exit(mut self) -> Option<i32> {
        self.notify("exit", Value::Null);
        self.server.wait().unwrap().code()
    }

    /// Closes the server's input and gives the exit code.
    pub(crate) fn hang_up(mut self) -> Option<i32> {
        self.input.take();
        self.server.wait().unwrap().code()
    }
}

/// A test that fails must not leave its server behind.
impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
